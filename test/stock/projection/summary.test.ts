import { beforeEach, describe, it } from "vitest";
import { newId } from "../../support/shop/shop.ts";
import {
  adjustment,
  evict,
  FLUSH_MS,
  held,
  LAZY_FLUSH_MS,
  msToAlarm,
  newStock,
  stockWith,
  advanceTime,
  projectionOf,
  runAlarm,
  sqlInD1,
  stopTime,
  reserveRequest,
} from "../../support/stock/stock.ts";

beforeEach(stopTime);

/** `[available, on hand, reserved]` of a product or bundle, as lists show them; and how many are allocated, where some are. */
async function summaryOf(productId: string): Promise<number[] | undefined> {
  const [row] = await sqlInD1<{ available: number; on_hand: number; reserved: number; allocated: number }>(
    "SELECT available, on_hand, reserved, allocated FROM product_stock WHERE product_id = ?",
    productId,
  );
  return row && [row.available, row.on_hand, row.reserved, ...(row.allocated > 0 ? [row.allocated] : [])];
}

/** The units in each warehouse that a product's row keeps as JSON. */
async function levelsInRow(productId: string): Promise<unknown> {
  const [row] = await sqlInD1<{ levels: string }>("SELECT levels FROM product_stock WHERE product_id = ?", productId);
  return JSON.parse(row?.levels ?? "null");
}

/** Makes a bundle of variant `v` of each product. @returns its id */
async function bundleOf(parts: Record<string, number>): Promise<string> {
  const bundleId = newId("bundle");
  for (const [position, [productId, quantity]] of Object.entries(parts).entries()) {
    await sqlInD1("INSERT INTO components VALUES (?, ?, ?, 'v', ?)", bundleId, position, productId, quantity);
  }
  return bundleId;
}

describe("the product row that a flush writes", () => {
  it("sums its warehouses and variants", async ({ expect }) => {
    const { productId, stock } = await stockWith({ BLR: 5, MUM: 3 });
    await stock.adjust(adjustment("receive", 10, { variantId: "w" }));
    await held(stock, reserveRequest(2));

    await runAlarm(productId);

    expect(await summaryOf(productId)).toEqual([16, 18, 2]);
  });

  it("counts sold units on hand until they leave, and never as available", async ({ expect }) => {
    const { productId, stock } = await stockWith({ BLR: 5, MUM: 3 });
    const holdId = await held(stock, reserveRequest(6, { ranking: ["BLR", "MUM"] }));
    await stock.commit(holdId);
    await runAlarm(productId);
    const sold = [await summaryOf(productId), await levelsInRow(productId)];

    const lines = [{ variantId: "v", warehouseId: "BLR", quantity: 5 }];
    await stock.ship({ holdId, shipmentId: `ship:${holdId}`, lines, actor: "order" });
    advanceTime(FLUSH_MS);
    await runAlarm(productId);

    const mum = { warehouseId: "MUM", onHand: 3, reserved: 0, allocated: 1 };
    expect(sold).toEqual([
      [2, 8, 0, 6],
      [{ warehouseId: "BLR", onHand: 5, reserved: 0, allocated: 5 }, mum],
    ]);
    expect(await summaryOf(productId)).toEqual([2, 3, 0, 1]);
    expect(await levelsInRow(productId)).toEqual([{ warehouseId: "BLR", onHand: 0, reserved: 0, allocated: 0 }, mum]);
  });

  it("is 0 for a product that never had stock", async ({ expect }) => {
    const { productId, stock } = newStock();
    await stock.refresh();

    await runAlarm(productId);

    expect(await summaryOf(productId)).toEqual([0, 0, 0]);
  });
});

describe("a hold extended for payment", () => {
  it("is flushed within the interval, because lists show it that long", async ({ expect }) => {
    const { productId, stock } = await stockWith(5);
    await runAlarm(productId);
    advanceTime(FLUSH_MS);
    const holdId = await held(stock, reserveRequest(2));

    await stock.keep(holdId, Date.now() + 600_000);

    expect(await msToAlarm(productId)).toBe(FLUSH_MS);
    advanceTime(FLUSH_MS);
    await evict(productId);
    await runAlarm(productId);
    expect(await projectionOf(productId)).toMatchObject([{ onHand: 5, reserved: 2 }]);
    expect(await summaryOf(productId)).toEqual([3, 5, 2]);
  });
});

describe("the availability of a bundle that a flush writes", () => {
  it("is what its scarcest component allows, in whole bundles", async ({ expect }) => {
    const [cups, bowls] = [await stockWith(9), await stockWith({ BLR: 4, MUM: 1 })];
    const bundleId = await bundleOf({ [cups.productId]: 2, [bowls.productId]: 1 });

    await runAlarm(cups.productId);
    const withoutBowls = await summaryOf(bundleId);
    await runAlarm(bowls.productId);

    expect([withoutBowls, await summaryOf(bundleId)]).toEqual([
      [0, 0, 0],
      [4, 0, 0],
    ]);
  });

  it("follows each component", async ({ expect }) => {
    const [cups, bowls] = [await stockWith(9), await stockWith(9)];
    const bundleId = await bundleOf({ [cups.productId]: 2, [bowls.productId]: 1 });
    await runAlarm(cups.productId);
    await runAlarm(bowls.productId);
    advanceTime(FLUSH_MS);

    await held(bowls.stock, reserveRequest(7));
    await bowls.stock.release(await held(bowls.stock, reserveRequest(1)));
    await runAlarm(bowls.productId);
    const reserved = await summaryOf(bundleId);
    await bowls.stock.commit(await held(bowls.stock, reserveRequest(1)));
    advanceTime(LAZY_FLUSH_MS);
    await runAlarm(bowls.productId);

    expect([reserved, await summaryOf(bundleId)]).toEqual([
      [2, 0, 0],
      [1, 0, 0],
    ]);
  });

  it("is written on request although no level changed, even after an eviction", async ({ expect }) => {
    const { productId, stock } = await stockWith(9);
    await runAlarm(productId);
    const bundleId = await bundleOf({ [productId]: 4 });
    advanceTime(FLUSH_MS);

    await stock.refresh();
    await evict(productId);
    await runAlarm(productId);

    expect(await summaryOf(bundleId)).toEqual([2, 0, 0]);
  });
});
