import type { D1Migration } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { beforeAll, describe, it } from "vitest";
import { type Level, withAllocated } from "../../src/stock/rules/levels.ts";
import { archive, bundle, demoWarehouses, flush, product, receive } from "../support/shop/shop.ts";
import { sqlInD1 } from "../support/stock/stock.ts";
import { keptSummary, recomputedSummary } from "../support/stock/summary.ts";

beforeAll(demoWarehouses);

const TRIGGERS = [
  "product_stock_of_product",
  "product_stock_insert",
  "product_stock_update",
  "product_stock_delete",
  "product_stock_replace",
];

/** The rows of products, as the lists read them: levels of before 0.4.0 say nothing of allocated units. */
async function rowsOfStock(): Promise<Record<string, unknown>[]> {
  const rows = await sqlInD1<{ levels: string }>("SELECT * FROM product_stock ORDER BY product_id");
  return rows.map(({ levels, ...row }) => ({ ...row, levels: withAllocated(JSON.parse(levels) as Level[]) }));
}

/** Restores D1 to before the migration: new columns empty, no row of a product that was never flushed, no summary. */
async function goBack(neverFlushed: string): Promise<void> {
  for (const trigger of TRIGGERS) await sqlInD1(`DROP TRIGGER ${trigger}`);
  await sqlInD1("DELETE FROM inventory_summary");
  await sqlInD1("DELETE FROM product_stock WHERE product_id = ?", neverFlushed);
  await sqlInD1(
    `UPDATE product_stock SET stock_status = 'out_of_stock', is_low = 0, shortfall = 0, levels = '[]', is_active = 0, category = NULL,
       stock_value_minor = 0, retail_value_minor = 0`,
  );
}

describe("the migration to the inventory", () => {
  it("gives older products the values that a flush and the triggers would give", async ({ expect }) => {
    const { productId: rice } = await product({ category: "Rice", price: 150, cost_price: 118, min_stock_level: 20 });
    await receive(rice, 9);
    await receive(rice, 3, { warehouseId: "MUM" });
    const { productId: oil } = await product({ category: "Oil" });
    await receive(oil, 4);
    await archive(oil);
    const { productId: set } = await bundle([{ productId: rice, quantity: 5 }]);
    for (const each of [rice, oil]) await flush(each);
    const { productId: unseen } = await product({ min_stock_level: 2 });
    const [stock, summary] = [await rowsOfStock(), await keptSummary()];
    await goBack(unseen);

    const { MIGRATIONS } = env as unknown as { MIGRATIONS: D1Migration[] };
    for (const query of MIGRATIONS.find(({ name }) => name.startsWith("0003"))?.queries ?? []) await env.DB.prepare(query).run();

    expect(stock.map((row) => row.product_id)).toEqual([rice, oil, set, unseen].toSorted());
    expect(await rowsOfStock()).toEqual(stock);
    expect(await keptSummary()).toEqual(summary);
    expect(summary).toEqual(await recomputedSummary());
  });
});
