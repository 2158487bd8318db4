import { beforeEach, describe, it } from "vitest";
import type { Arrival } from "../../../src/stock/rules/messages.ts";
import { soldBefore } from "../../support/stock/former.ts";
import { failureOf, movementsOf, stockOf, sqlIn, stopTime, unitsOf } from "../../support/stock/stock.ts";

// Releases before 0.4.0 took units off the shelf when they were sold, and did not know shipments.

beforeEach(stopTime);

const LINES = [{ variantId: "v", warehouseId: "BLR", quantity: 2 }];

describe("a hold that a release before 0.4.0 sold", () => {
  it("is not taken off the shelf once more by its shipment", async ({ expect }) => {
    const { productId, stock, holdId } = await soldBefore(5, 2);

    await stock.ship({ holdId, shipmentId: `ship:${holdId}`, lines: LINES, actor: "order" });
    await stock.ship({ holdId, shipmentId: `ship:${holdId}`, lines: LINES, actor: "order" });

    expect(await unitsOf(stock)).toEqual([3, 0]);
    expect(await movementsOf(productId, `${holdId}/ship:${holdId}`)).toEqual([]);
    expect(await stock.audit()).toEqual([]);
  });

  it("is put back once when it is cancelled", async ({ expect }) => {
    const { productId, stock, holdId } = await soldBefore(5, 2);

    await stock.cancelHold(holdId);
    await stock.cancelHold(holdId);

    expect(await unitsOf(stock)).toEqual([5, 0]);
    expect(await movementsOf(productId, holdId)).toEqual(["reserve 2", "sale 2", "restock 2"]);
    expect(await stock.audit()).toEqual([]);
  });

  it("moves nothing when its commit arrives again", async ({ expect }) => {
    const { productId, stock, holdId } = await soldBefore(5, 2);

    await stock.commit(holdId);

    expect(await unitsOf(stock)).toEqual([3, 0]);
    expect(await sqlIn(productId, "SELECT * FROM allocations")).toEqual([]);
  });
});

describe("a Worker of a release before 0.4.0", () => {
  it.for(["ship", "cancel"])("that brings in the units of a pending %s fails, and nothing moves", async (kind, { expect }) => {
    const { productId, stock, holdId } = await soldBefore(5, 2);
    const arrival = { kind, referenceId: holdId, lines: LINES, actor: "order" } as unknown as Arrival;

    expect(await failureOf(productId, (object) => object.bringIn(arrival))).toMatch(`units do not arrive by ${kind}`);

    expect(await unitsOf(stock)).toEqual([3, 0]);
    expect(await movementsOf(productId, holdId)).toEqual(["reserve 2", "sale 2"]);
  });

  it("cancels a hold by its former call", async ({ expect }) => {
    const { productId, stock, holdId } = await soldBefore(5, 2);

    await (stockOf(productId) as unknown as { restock: (hold: string) => Promise<void> }).restock(holdId);

    expect(await unitsOf(stock)).toEqual([5, 0]);
  });
});
