import { beforeEach, describe, it } from "vitest";
import type { Cancellation } from "../../../src/stock/rules/messages.ts";
import { soldBefore } from "../../support/stock/former.ts";
import { MUM, shipmentOf, sold } from "../../support/stock/shipments.ts";
import { failureOf, held, movementsOf, stockWith, stopTime, unitsOf, reserveRequest } from "../../support/stock/stock.ts";

beforeEach(stopTime);

function cancellationOf(holdId: string, quantity: number, more: Partial<Cancellation> = {}): Cancellation {
  const lines = [{ variantId: "v", warehouseId: "BLR", quantity }];
  return { holdId, cancellationId: "CAN1", lines, actor: "user:1", ...more };
}

describe("a cancellation of a part of an order (O10)", () => {
  it("deallocates the units at their place, once", async ({ expect }) => {
    const { productId, stock, holdId } = await sold();

    await stock.cancelUnits(cancellationOf(holdId, 1));
    await stock.cancelUnits(cancellationOf(holdId, 1));

    expect([await unitsOf(stock), await unitsOf(stock, MUM)]).toEqual([
      [2, 0, 1],
      [4, 0, 3],
    ]);
    expect(await movementsOf(productId, `${holdId}/CAN1`)).toEqual(["deallocate 1"]);
    expect(await stock.audit()).toEqual([]);
  });

  it("leaves the rest to be shipped, and to be cancelled", async ({ expect }) => {
    const { stock, holdId } = await sold();
    await stock.cancelUnits(cancellationOf(holdId, 1));

    await stock.ship(shipmentOf(holdId, 1));
    const shipped = await unitsOf(stock);
    await stock.cancelHold(holdId);

    expect([shipped, await unitsOf(stock), await unitsOf(stock, MUM)]).toEqual([
      [1, 0],
      [1, 0],
      [4, 0],
    ]);
    expect(await stock.audit()).toEqual([]);
  });

  it("takes units that are still reserved from the hold, and the commit allocates the rest", async ({ expect }) => {
    const { productId, stock } = await stockWith(5);
    const holdId = await held(stock, reserveRequest(3));

    await stock.cancelUnits(cancellationOf(holdId, 1));
    const waiting = await unitsOf(stock);
    await stock.commit(holdId);

    expect([waiting, await unitsOf(stock)]).toEqual([
      [5, 2],
      [5, 0, 2],
    ]);
    expect(await movementsOf(productId, holdId)).toEqual(["reserve 3", "release 1", "allocate 2"]);
    expect(await stock.audit()).toEqual([]);
  });

  it("gives its units to those who wait", async ({ expect }) => {
    const { stock } = await stockWith(3);
    const holdId = await held(stock, reserveRequest(3));
    const blocked = stock.reserve(reserveRequest(1, { waitMs: 60_000 }));
    await stock.levels();

    await stock.cancelUnits(cancellationOf(holdId, 1));

    expect(await blocked).toMatchObject({ outcome: "reserved" });
  });

  it("does nothing after the hold has ended", async ({ expect }) => {
    const { stock, holdId } = await sold();
    await stock.cancelHold(holdId);

    await stock.cancelUnits(cancellationOf(holdId, 1));

    expect(await unitsOf(stock)).toEqual([2, 0]);
    expect(await stock.audit()).toEqual([]);
  });

  it.for(["reserved", "allocated"])("fails for more than is %s, and nothing moves", async (state, { expect }) => {
    const { productId, stock } = await stockWith(5);
    const holdId = await held(stock, reserveRequest(2));
    if (state === "allocated") await stock.commit(holdId);
    const before = await unitsOf(stock);

    const failure = await failureOf(productId, (object) => object.cancelUnits(cancellationOf(holdId, 3)));

    expect(failure).toMatch("fewer than 3 units of v");
    expect(await unitsOf(stock)).toEqual(before);
  });

  it("puts units back that a release before 0.4.0 took off the shelf, and the end of the hold puts back the others", async ({
    expect,
  }) => {
    const { productId, stock, holdId } = await soldBefore(5, 3);

    await stock.cancelUnits(cancellationOf(holdId, 1));
    await stock.cancelUnits(cancellationOf(holdId, 1));
    const between = await unitsOf(stock);
    await stock.cancelHold(holdId);
    await stock.cancelHold(holdId);

    expect([between, await unitsOf(stock)]).toEqual([
      [3, 0],
      [5, 0],
    ]);
    expect(await movementsOf(productId, holdId)).toEqual(["reserve 3", "sale 3", "restock 1", "restock 2"]);
    expect(await stock.audit()).toEqual([]);
  });
});
