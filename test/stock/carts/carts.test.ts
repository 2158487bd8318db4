import { beforeEach, describe, it } from "vitest";
import type { CartAnswer } from "../../../src/stock/rules/cart-messages.ts";
import {
  adjustment,
  held,
  movementsOf,
  newHold,
  stockWith,
  advanceTime,
  runAlarm,
  sqlIn,
  stopTime,
  TENTATIVE_MS,
  unitsOf,
  reserveRequest,
  stockOf,
  projectionOf,
} from "../../support/stock/stock.ts";
import { cartEdit } from "../../support/stock/cart-holds.ts";

const MINUTE_MS = 60_000;

beforeEach(stopTime);

/** Puts units of variant `v` in BLR into a cart for a while. */
function putInCart(productId: string, cartId: string, quantity: number, ttlMs: number, editNo = 1): Promise<CartAnswer> {
  return stockOf(productId).setCart(cartEdit(cartId, editNo, quantity, { untilMs: Date.now() + ttlMs }));
}

describe("units in a cart (O7, K0)", () => {
  it("stay reserved until they expire", async ({ expect }) => {
    const { productId, stock } = await stockWith(5);
    await putInCart(productId, "cart", 2, MINUTE_MS);
    advanceTime(MINUTE_MS - 1);

    const answer = await stock.reserve(reserveRequest(4));

    expect(answer).toMatchObject({ outcome: "short", lines: [{ available: 3, tentative: false }] });
    expect(await unitsOf(stock)).toEqual([5, 2]);
  });

  it("are free for a read of the levels once they expired", async ({ expect }) => {
    const { productId, stock } = await stockWith(5);
    await putInCart(productId, "cart", 2, MINUTE_MS);
    advanceTime(MINUTE_MS);

    expect(await unitsOf(stock)).toEqual([5, 0]);
    expect(await unitsOf(stock)).toEqual([5, 0]);
    expect(await movementsOf(productId, "cart/1")).toEqual(["reserve 2", "expire 2"]);
    expect(await stock.audit()).toEqual([]);
  });

  it("are free for a reservation once they expired", async ({ expect }) => {
    const { productId, stock } = await stockWith(5);
    await putInCart(productId, "cart", 2, MINUTE_MS);
    advanceTime(MINUTE_MS);

    const answer = await stock.reserve(reserveRequest(5));

    expect(answer).toMatchObject({ outcome: "reserved" });
    expect(await stock.audit()).toEqual([]);
  });

  it("are free for a manual adjustment once they expired", async ({ expect }) => {
    const { productId, stock } = await stockWith(5);
    await putInCart(productId, "cart", 2, MINUTE_MS);
    advanceTime(MINUTE_MS);

    const answer = await stock.adjust(adjustment("issue", 5));

    expect(answer).toMatchObject({ outcome: "moved" });
  });

  it("are released by the alarm without asking D1", async ({ expect }) => {
    const { productId, stock } = await stockWith(5);
    await putInCart(productId, "cart", 2, MINUTE_MS);
    advanceTime(MINUTE_MS);

    await runAlarm(productId);

    expect(await movementsOf(productId, "cart/1")).toEqual(["reserve 2", "expire 2"]);
    expect(await sqlIn(productId, "SELECT * FROM holds")).toEqual([]);
    expect(await stock.audit()).toEqual([]);
  });

  it("make a flush due when a read released them", async ({ expect }) => {
    const { productId, stock } = await stockWith(5);
    await runAlarm(productId);
    await putInCart(productId, "cart", 2, MINUTE_MS);
    advanceTime(MINUTE_MS);

    const levels = await stock.levels();
    await runAlarm(productId);

    expect(levels).toMatchObject([{ reserved: 0 }]);
    expect(await projectionOf(productId)).toEqual(levels);
  });

  it("expire again after a later edit of the same cart", async ({ expect }) => {
    const { productId, stock } = await stockWith(5);
    await putInCart(productId, "cart", 2, MINUTE_MS);
    advanceTime(MINUTE_MS);
    await stock.levels();
    await putInCart(productId, "cart", 3, MINUTE_MS, 2);
    advanceTime(MINUTE_MS);

    expect(await unitsOf(stock)).toEqual([5, 0]);
    expect(await movementsOf(productId, "cart/2")).toEqual(["reserve 3", "expire 3"]);
  });

  it("go to waiting requests, whichever call made them expire", async ({ expect }) => {
    const { productId, stock } = await stockWith(2);
    await putInCart(productId, "cart", 1, MINUTE_MS);
    const placing = await held(stock, reserveRequest(1));
    const waiting = stock.reserve(reserveRequest(1, { waitMs: 60_000 }));
    await stock.levels();
    advanceTime(MINUTE_MS);

    await stock.reserve(reserveRequest(1, { variantId: "other" }));

    expect(await waiting).toMatchObject({ outcome: "reserved" });
    await stock.commit(placing);
    expect(await unitsOf(stock)).toEqual([2, 1, 1]);
  });
});

describe("units of an overdue hold (O7)", () => {
  it.for(["placing", "awaiting_payment"] as const)(
    "stay reserved while %s, until D1 has answered",
    async (purpose, { expect }) => {
      const { stock } = await stockWith(5);
      const holdId = await held(stock, reserveRequest(2, { holdId: newHold() }));
      if (purpose === "awaiting_payment") await stock.keep(holdId, Date.now() + TENTATIVE_MS);
      advanceTime(100 * TENTATIVE_MS);

      const answer = await stock.reserve(reserveRequest(4));

      expect(answer).toMatchObject({ outcome: "short", lines: [{ available: 3 }] });
      expect(await stock.adjust(adjustment("issue", 4))).toMatchObject({ outcome: "units_reserved", free: 3 });
      expect(await unitsOf(stock)).toEqual([5, 2]);
    },
  );
});
