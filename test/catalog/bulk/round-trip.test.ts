import { env } from "cloudflare:workers";
import { beforeAll, describe, it } from "vitest";
import { importFile, importFinished } from "../../support/shop/bulk.ts";
import { shopifyFile, wooCommerceFile } from "../../support/shop/foreign-files.ts";
import { get, post } from "../../support/http/requests.ts";

const PRODUCTS = 60;

beforeAll(async () => {
  const place = { country: "IN", postal_code: "560001", latitude: 12.97, longitude: 77.59 };
  await post("/api/v1/warehouses", { warehouse_id: "ONLY", name: "Only", ...place }, { admin: true });
});

async function exportedAs(format: string): Promise<string> {
  const response = await get(`/api/v1/products/export?format=${format}`, { admin: true });
  if (response.status !== 200) throw new Error(await response.text());
  return response.text();
}

async function everything(): Promise<unknown[]> {
  const tables = ["products", "variants", "stock_levels", "stock_movements"].map((name) =>
    env.DB.prepare(`SELECT * FROM ${name}`),
  );
  return (await env.DB.batch(tables)).map(({ results }) => results);
}

describe.for([
  ["shopify", shopifyFile()],
  ["woocommerce", wooCommerceFile()],
] as const)("a product file of %s", ([format, file]) => {
  it("is imported as it is, exported in its columns, and imported again without a change", async ({ expect }) => {
    const first = await importFile(file, "text/csv");
    expect(first.rows.filter(({ outcome }) => outcome !== "created")).toEqual([]);
    expect(first.totals).toMatchObject({ rows: PRODUCTS, created: PRODUCTS });
    const received = await importFinished(first.import_id);
    expect(received).toMatchObject({ warehouse_id: "ONLY", total: first.stock.opening, done: first.stock.opening, kept: 0 });
    expect(first.stock).toMatchObject({ kept: 0, not_taken: 0 });
    const before = await everything();

    const again = await importFile(file, "text/csv");
    const back = await importFile(await exportedAs(format), "text/csv");
    await importFinished(again.import_id);
    await importFinished(back.import_id);

    expect(again.totals).toMatchObject({ rows: PRODUCTS, unchanged: PRODUCTS });
    expect(back.rows.filter(({ outcome }) => outcome !== "unchanged")).toEqual([]);
    expect(back.totals.unchanged).toBeGreaterThanOrEqual(PRODUCTS);
    expect(await everything()).toEqual(before);
    expect(again.stock).toMatchObject({ opening: 0, same: first.stock.opening, none: first.stock.none, kept: 0, not_taken: 0 });
    expect(back.stock).toMatchObject({ opening: 0, kept: 0, not_taken: 0 });
    expect(back.stock.same).toBeGreaterThanOrEqual(first.stock.opening);
  });
});
