import { beforeEach, describe, it } from "vitest";
import type { Arrival } from "../../../src/stock/rules/messages.ts";
import { newId } from "../../support/shop/shop.ts";
import {
  evict,
  held,
  movementsOf,
  stockWith,
  projectionOf,
  runAlarm,
  stopTime,
  unitsOf,
  reserveRequest,
} from "../../support/stock/stock.ts";
import { enqueued } from "../../support/stock/waiting.ts";

beforeEach(stopTime);

/** Units of variant `v` that arrive at MUM by default. */
function arrivalOf(quantity: number, more: Partial<Arrival> = {}): Arrival {
  const lines = [{ variantId: "v", warehouseId: "MUM", quantity }];
  return { kind: "transfer_in", referenceId: newId("RCP"), lines, reason: null, actor: "user:7", ...more };
}

describe("arriving units (O6)", () => {
  it.for(["return", "transfer_in"] as const)(
    "%s: are on hand once, however often the call is repeated",
    async (kind, { expect }) => {
      const { productId, stock } = await stockWith(5);
      const arrival = arrivalOf(2, { kind });

      await Promise.all([stock.bringIn(arrival), stock.bringIn(arrival)]);
      await evict(productId);
      await stock.bringIn(arrival);

      expect(await unitsOf(stock, { warehouseId: "MUM" })).toEqual([2, 0]);
      expect(await movementsOf(productId, arrival.referenceId)).toEqual([`${kind} 2`]);
      expect(await stock.audit()).toEqual([]);
    },
  );

  it("are a new arrival under another id", async ({ expect }) => {
    const { stock } = await stockWith(5);

    await stock.bringIn(arrivalOf(2));
    await stock.bringIn(arrivalOf(3));

    expect(await unitsOf(stock, { warehouseId: "MUM" })).toEqual([5, 0]);
  });

  it("reach the projection with the next alarm, like units that left", async ({ expect }) => {
    const { productId, stock } = await stockWith(5);
    const words = { reason: null, actor: "user:7", externalReference: null, byMs: Date.now() };
    await stock.dispatch({ transferId: newId("TRF"), warehouseId: "BLR", lines: [{ variantId: "v", quantity: 2 }], ...words });
    await stock.bringIn(arrivalOf(2));

    await runAlarm(productId);

    expect(await projectionOf(productId)).toMatchObject([
      { warehouseId: "BLR", onHand: 3 },
      { warehouseId: "MUM", onHand: 2 },
    ]);
    expect(await projectionOf(productId)).toEqual(await stock.levels());
  });

  it("go to the requests that wait for them", async ({ expect }) => {
    const { stock } = await stockWith(1);
    await held(stock, reserveRequest(1));
    const { answer } = await enqueued(stock, reserveRequest(1));

    await stock.bringIn(arrivalOf(1, { lines: [{ variantId: "v", warehouseId: "BLR", quantity: 1 }] }));

    expect(await answer).toMatchObject({ outcome: "reserved" });
  });
});
