import { beforeAll, describe, it } from "vitest";
import { get, patch } from "../../support/http/requests.ts";
import { archive, bundle, demoWarehouses, flush, newId, product, receive } from "../../support/shop/shop.ts";
import { sqlInD1 } from "../../support/stock/stock.ts";
import { keptSummary, recomputedSummary } from "../../support/stock/summary.ts";

beforeAll(demoWarehouses);

interface Sums {
  total_products: number;
  total_units: number;
}

interface Answer {
  summary: Sums & {
    by_category: Record<string, Sums>;
    by_warehouse: Record<string, Sums>;
    other_categories: Sums | null;
  };
  currency: string;
  as_of: string;
}

async function show(path = "summary"): Promise<Answer> {
  const response = await get(`/api/v1/inventory/${path}`, { admin: true });
  if (response.status !== 200) throw new Error(await response.text());
  return response.json();
}

async function categoryOf(name: string): Promise<Sums | undefined> {
  return (await show()).summary.by_category[name];
}

async function stocked(units: number, fields: Record<string, unknown>): Promise<string> {
  const { productId } = await product(fields);
  await receive(productId, units);
  await flush(productId);
  return productId;
}

describe("the summary of the inventory", () => {
  it("is zero in a shop without products", async ({ expect }) => {
    expect((await show()).summary).toEqual({
      total_products: 0,
      active_products: 0,
      in_stock: 0,
      low_stock: 0,
      out_of_stock: 0,
      total_units: 0,
      total_stock_value: 0,
      total_retail_value: 0,
      by_category: {},
      other_categories: null,
      by_warehouse: {},
    });
  });

  it("counts products by stock status, and units with their cost and retail value", async ({ expect }) => {
    const category = newId("category");
    await stocked(10, { category, price: 150.5, cost_price: 100.25, min_stock_level: 5 });
    const low = await stocked(3, { category, price: 10, cost_price: null, min_stock_level: 3 });
    await product({ category });
    await receive(low, 1, { warehouseId: "MUM" });
    await receive(low, 1, { warehouseId: "DEL" });
    await flush(low);
    const archived = await stocked(2, { category, price: 1 });
    await archive(archived);
    await flush(archived);

    const { summary, currency, as_of: asOf } = await show();

    const sums = {
      total_products: 4,
      active_products: 3,
      in_stock: 2,
      low_stock: 0,
      out_of_stock: 1,
      total_units: 17,
      total_stock_value: 1_002.5,
      total_retail_value: 1_557,
    };
    expect(summary).toMatchObject(sums);
    expect(summary.by_category).toEqual({ [category]: sums });
    expect(summary.by_warehouse).toEqual({
      BLR: { total_products: 3, total_units: 15, total_stock_value: 1_002.5, total_retail_value: 1_537 },
      DEL: { total_products: 1, total_units: 1, total_stock_value: 0, total_retail_value: 10 },
      MUM: { total_products: 1, total_units: 1, total_stock_value: 0, total_retail_value: 10 },
    });
    expect([currency, asOf]).toEqual(["INR", expect.stringMatching(/Z$/)]);
  });

  it("is also at its alias", async ({ expect }) => {
    expect(await show("inventory/summary")).toEqual(await show());
  });

  it("has a new product immediately, without stock, and a bundle without units", async ({ expect }) => {
    const category = newId("category");
    const part = await stocked(4, { category, min_stock_level: 4 });

    const { productId } = await product({ category, components: [{ product_id: part, quantity: 2 }] });

    const counts = { total_products: 2, low_stock: 1, in_stock: 1, out_of_stock: 0, total_units: 4 };
    expect(await categoryOf(category)).toMatchObject(counts);
    expect((await show()).summary.by_category).not.toHaveProperty(productId);
  });

  it("moves a product to another category, and drops an empty one", async ({ expect }) => {
    const [from, to] = [newId("category"), newId("category")];
    const productId = await stocked(3, { category: from, price: 10 });

    await patch(`/api/v1/products/${productId}`, { category: to, price: 20 }, { admin: true });
    await flush(productId);

    expect(await categoryOf(from)).toBeUndefined();
    expect(await categoryOf(to)).toMatchObject({ total_products: 1, total_units: 3, total_retail_value: 60 });
  });

  it("subtracts a product whose row is deleted", async ({ expect }) => {
    const category = newId("category");
    const productId = await stocked(3, { category });
    await product({ category });

    await sqlInD1("DELETE FROM product_stock WHERE product_id = ?", productId);
    await sqlInD1("DELETE FROM products WHERE product_id = ?", productId);
    await sqlInD1("DELETE FROM stock_levels WHERE product_id = ?", productId);

    expect(await categoryOf(category)).toMatchObject({ total_products: 1, total_units: 0 });
    expect(await keptSummary()).toEqual(await recomputedSummary());
  });

  it("caps the value of one product, so that the totals stay exact", async ({ expect }) => {
    const category = newId("category");
    for (let made = 0; made < 12; made += 1) await stocked(1_000_000, { category, price: 10_000_000_000 });

    expect(await categoryOf(category)).toMatchObject({ total_units: 12_000_000, total_retail_value: 12 * 90_000_000_000 });
  });

  it("shows 200 categories, and the total of the others", async ({ expect }) => {
    await sqlInD1(
      `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 230)
       INSERT INTO products (product_id, name, category, status, is_bundle, price_minor, created_at_ms, updated_at_ms)
       SELECT 'many-' || i, 'Many', 'Many ' || i, 'active', 0, 1, 0, 0 FROM n`,
    );

    const { by_category: shown, other_categories: others, total_products: total } = (await show()).summary;

    const inShown = Object.values(shown).reduce((sum, each) => sum + each.total_products, 0);
    expect(Object.keys(shown)).toHaveLength(200);
    expect(others?.total_products).toBe(total - inShown);
    expect(others?.total_products).toBeGreaterThan(0);
  });

  it("takes one hop", async ({ expect }) => {
    const response = await get("/api/v1/inventory/summary", { admin: true });

    expect(response.headers.get("Server-Timing")).toContain(`hops;desc="1"`);
  });

  it("includes bundles created before their components had any stock", async ({ expect }) => {
    const { productId: part } = await product();
    const { productId } = await bundle([{ productId: part }]);
    await receive(part, 2);
    await flush(part);

    expect(await sqlInD1("SELECT stock_status, is_active FROM product_stock WHERE product_id = ?", productId)).toEqual([
      { stock_status: "in_stock", is_active: 1 },
    ]);
  });
});
