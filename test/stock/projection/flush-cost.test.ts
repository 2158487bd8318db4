import { env } from "cloudflare:workers";
import { afterEach, beforeEach, describe, it, vi } from "vitest";
import { change, flushed, listedProduct, sell } from "../../support/stock/alerts.ts";
import { newId } from "../../support/shop/shop.ts";
import { sqlInD1, stockOf, stopTime } from "../../support/stock/stock.ts";

beforeEach(stopTime);
afterEach(() => vi.restoreAllMocks());

/** Rows of D1 that the batches of a flush write. */
async function rowsWritten(act: () => Promise<unknown>): Promise<number> {
  let written = 0;
  const real = env.DB.batch.bind(env.DB);
  const spy = vi.spyOn(env.DB, "batch").mockImplementation(async (statements) => {
    const results = await real<never>(statements);
    for (const { meta } of results) written += meta.rows_written;
    return results;
  });
  await act();
  spy.mockRestore();
  return written;
}

describe("a flush", () => {
  it("after an order writes the level and the product's row, and no more: nothing has left", async ({ expect }) => {
    const productId = await listedProduct(20, { category: newId("category") });

    const written = await rowsWritten(() => sell(productId));

    // The product's row has an entry in the index of stock statuses, which SQLite writes with it.
    expect(written).toBe(1 + 2);
  });

  it("after a shipment writes the level, the movement, the product's row and three sums, and no more", async ({ expect }) => {
    const productId = await listedProduct(20, { category: newId("category") });
    const holdId = await sell(productId);
    const lines = [{ variantId: "v", warehouseId: "BLR", quantity: 1 }];

    const written = await rowsWritten(async () => {
      await stockOf(productId).ship({ holdId, shipmentId: `ship:${holdId}`, lines, actor: "order" });
      await flushed(productId);
    });

    // The level; the movement and its entry in the index of times; the product's row and its entry in the index of stock statuses,
    // which SQLite writes with it; the sums of the shop, the category and the warehouse.
    expect(written).toBe(1 + 2 + 2 + 3);
  });

  it("does not write unchanged products, bundles and sums", async ({ expect }) => {
    const productId = await listedProduct(20);
    const bundleId = await listedProduct(0, { is_bundle: 1 });
    await sqlInD1("INSERT INTO components VALUES (?, 0, ?, 'v', 1)", bundleId, productId);
    await change(productId, "name", "Rice");
    const asOf = await sqlInD1("SELECT as_of_ms FROM product_stock WHERE product_id IN (?, ?)", productId, bundleId);

    await stockOf(productId).refresh();
    const written = await rowsWritten(() => flushed(productId));

    expect(written).toBe(0);
    expect(await sqlInD1("SELECT as_of_ms FROM product_stock WHERE product_id IN (?, ?)", productId, bundleId)).toEqual(asOf);
  });

  it("does not write an unchanged archived product without stock or category, which looks like a row of release 0.1.0", async ({
    expect,
  }) => {
    const productId = await listedProduct(0, { status: "archived", min_stock_level: null });
    await flushed(productId);
    const asOf = await sqlInD1("SELECT as_of_ms FROM product_stock WHERE product_id = ?", productId);

    await stockOf(productId).refresh();
    const written = await rowsWritten(() => flushed(productId));

    expect(asOf).toHaveLength(1);
    expect(written).toBe(0);
    expect(await sqlInD1("SELECT as_of_ms FROM product_stock WHERE product_id = ?", productId)).toEqual(asOf);
  });
});
