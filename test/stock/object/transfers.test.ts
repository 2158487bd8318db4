import { beforeEach, describe, it } from "vitest";
import type { Dispatch } from "../../../src/stock/rules/messages.ts";
import { newId } from "../../support/shop/shop.ts";
import {
  evict,
  held,
  movementsOf,
  stockWith,
  advanceTime,
  stopTime,
  unitsOf,
  reserveRequest,
} from "../../support/stock/stock.ts";

beforeEach(stopTime);

const TEN_SECONDS_MS = 10_000;

/** A transfer of units of variant `v` out of BLR by default. */
function dispatchOf(quantity: number, more: Partial<Dispatch> = {}): Dispatch {
  const words = { reason: "Refill", actor: "user:7", externalReference: "T-1" };
  const lines = [{ variantId: "v", quantity }];
  return { transferId: newId("TRF"), warehouseId: "BLR", lines, byMs: Date.now() + TEN_SECONDS_MS, ...words, ...more };
}

describe("a dispatch of a transfer", () => {
  it("removes the units at once, under the transfer's id", async ({ expect }) => {
    const { productId, stock } = await stockWith({ BLR: 5, MUM: 1 });
    const dispatch = dispatchOf(3);

    const answer = await stock.dispatch(dispatch);

    expect(answer).toEqual({ outcome: "dispatched" });
    expect([await unitsOf(stock), await unitsOf(stock, { warehouseId: "MUM" })]).toEqual([
      [2, 0],
      [1, 0],
    ]);
    expect(await movementsOf(productId, dispatch.transferId)).toEqual(["transfer_out 3"]);
    expect(await stock.audit()).toEqual([]);
  });

  it("is applied once, however often and late the call is repeated", async ({ expect }) => {
    const { productId, stock } = await stockWith(5);
    const dispatch = dispatchOf(2);

    const answers = await Promise.all([stock.dispatch(dispatch), stock.dispatch(dispatch)]);
    await evict(productId);
    advanceTime(1_000 * TEN_SECONDS_MS);
    answers.push(await stock.dispatch(dispatch));

    expect(answers).toEqual(Array.from({ length: 3 }, () => ({ outcome: "dispatched" })));
    expect(await unitsOf(stock)).toEqual([3, 0]);
  });

  it("takes no reserved or allocated units: it names every short line with its free units, and nothing moves", async ({
    expect,
  }) => {
    const { productId, stock } = await stockWith(7);
    await held(stock, reserveRequest(3));
    await stock.commit(await held(stock, reserveRequest(2)));
    const dispatch = dispatchOf(0, {
      lines: [
        { variantId: "v", quantity: 3 },
        { variantId: "w", quantity: 1 },
      ],
    });

    const answer = await stock.dispatch(dispatch);

    expect(answer).toEqual({
      outcome: "units_reserved",
      lines: [
        { variantId: "v", quantity: 3, free: 2, onHand: 7, allocated: 2 },
        { variantId: "w", quantity: 1, free: 0, onHand: 0, allocated: 0 },
      ],
    });
    expect(await unitsOf(stock)).toEqual([7, 3, 2]);
    expect(await movementsOf(productId, dispatch.transferId)).toEqual([]);
  });

  it("takes all lines or none", async ({ expect }) => {
    const { stock } = await stockWith(5);
    const lines = [
      { variantId: "v", quantity: 5 },
      { variantId: "w", quantity: 1 },
    ];

    const answer = await stock.dispatch(dispatchOf(0, { lines }));

    expect(answer).toMatchObject({ outcome: "units_reserved", lines: [{ variantId: "w" }] });
    expect(await unitsOf(stock)).toEqual([5, 0]);
  });

  it("is accepted until its deadline, and not a moment later", async ({ expect }) => {
    const { stock } = await stockWith(5);
    const [inTime, late] = [dispatchOf(1), dispatchOf(1)];
    advanceTime(TEN_SECONDS_MS);

    const first = await stock.dispatch(inTime);
    advanceTime(1);
    const second = await stock.dispatch(late);

    expect([first, second]).toEqual([{ outcome: "dispatched" }, { outcome: "ended" }]);
    expect(await unitsOf(stock)).toEqual([4, 0]);
  });
});

describe("a transfer that is taken back", () => {
  it("returns to its warehouse, once", async ({ expect }) => {
    const { productId, stock } = await stockWith(5);
    const dispatch = dispatchOf(2);
    await stock.dispatch(dispatch);

    await stock.takeBack(dispatch.transferId);
    await evict(productId);
    await stock.takeBack(dispatch.transferId);

    expect(await unitsOf(stock)).toEqual([5, 0]);
    expect(await movementsOf(productId, `${dispatch.transferId}/back`)).toEqual(["transfer_in 2"]);
    expect(await stock.audit()).toEqual([]);
  });

  it("is not dispatched again by a repeated call", async ({ expect }) => {
    const { stock } = await stockWith(5);
    const dispatch = dispatchOf(2);
    await stock.dispatch(dispatch);
    await stock.takeBack(dispatch.transferId);

    const answer = await stock.dispatch(dispatch);

    expect(answer).toEqual({ outcome: "ended" });
    expect(await unitsOf(stock)).toEqual([5, 0]);
  });

  it("is not dispatched by a call that arrives later, even before the deadline", async ({ expect }) => {
    const { productId, stock } = await stockWith(5);
    const dispatch = dispatchOf(2);
    await stock.takeBack(dispatch.transferId);
    await evict(productId);

    const answer = await stock.dispatch(dispatch);

    expect(answer).toEqual({ outcome: "ended" });
    expect(await unitsOf(stock)).toEqual([5, 0]);
    expect(await movementsOf(productId, `${dispatch.transferId}/back`)).toEqual([]);
  });
});
