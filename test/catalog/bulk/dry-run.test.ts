import { env } from "cloudflare:workers";
import { beforeAll, describe, it } from "vitest";
import { importCsv, importFile, importFinished, importRows, previewRows } from "../../support/shop/bulk.ts";
import { post } from "../../support/http/requests.ts";
import { createdProduct, ownId } from "../../support/shop/catalog.ts";
import { shopifyFile, wooCommerceFile } from "../../support/shop/foreign-files.ts";
import { sqlInD1 } from "../../support/stock/stock.ts";
import { BULK_FORMATS } from "../../../src/catalog/rules/bulk-file.ts";

beforeAll(async () => {
  const place = { country: "IN", postal_code: "560001", latitude: 12.97, longitude: 77.59 };
  await post("/api/v1/warehouses", { warehouse_id: "ONLY", name: "Only", ...place }, { admin: true });
});

const DRY_RUN = { query: "?dry_run=true" };

/** Every row of every table. */
async function everything(): Promise<Record<string, unknown[]>> {
  const tables = await sqlInD1<{ name: string }>(
    "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE '\\_cf%' ESCAPE '\\' AND name NOT LIKE 'sqlite%' ORDER BY name",
  );
  const rows = await env.DB.batch(tables.map(({ name }) => env.DB.prepare(`SELECT * FROM "${name}"`)));
  return Object.fromEntries(tables.map(({ name }, index) => [name, rows[index]?.results ?? []]));
}

describe("a dry run of an import", () => {
  it("says what would become of each row, and each changed field before and after", async ({ expect }) => {
    const [id, several, same, made, wrong] = [ownId("p"), ownId("p"), ownId("p"), ownId("p"), ownId("p")];
    await createdProduct({ product_id: id, sku: `S-${id}`, name: "Rice", price: 150, tags: ["white"], min_stock_level: 3 });
    const variants = ["S", "M"].map((size) => ({ variant_id: `${several}-${size}`, sku: `${several}-${size}` }));
    await createdProduct({ product_id: several, sku: undefined, variants });
    await createdProduct({ product_id: same, name: "Same", price: 1 });

    const {
      dry_run: isDry,
      import_id: importId,
      totals,
      rows,
    } = await previewRows([
      { product_id: id, name: "Basmati", price: 150, tags: ["white", "long"], min_stock_level: null, sku: `T-${id}` },
      { product_id: several, variants: [{ sku: `${several}-M`, price_adjustment: 2.5 }] },
      { product_id: same, name: "Same" },
      { product_id: made, name: "New", price: 1 },
      { product_id: wrong, name: "No price" },
    ]);

    expect([isDry, importId, totals]).toEqual([true, null, { rows: 5, created: 1, updated: 2, unchanged: 1, refused: 1 }]);
    expect(rows.map(({ outcome }) => outcome)).toEqual(["updated", "updated", "unchanged", "created", "refused"]);
    expect(rows.map(({ changes }) => changes)).toEqual([
      [
        { field: "sku", before: `S-${id}`, after: `T-${id}` },
        { field: "name", before: "Rice", after: "Basmati" },
        { field: "tags", before: '["white"]', after: '["white","long"]' },
        { field: "min_stock_level", before: 3, after: null },
      ],
      [{ field: "variants[1].price_adjustment", before: 0, after: 2.5 }],
      undefined,
      undefined,
      undefined,
    ]);
  });

  it("cuts long values, and says so", async ({ expect }) => {
    const id = await createdProduct({ description: "x".repeat(1_000) });

    const { rows, changes_left_out: leftOut } = await previewRows([{ product_id: id, description: "short" }]);

    expect(rows[0]?.changes).toEqual([{ field: "description", before: "x".repeat(200), after: "short", is_cut: true }]);
    expect(leftOut).toBe(0);
  });

  it("lists ten thousand changes at most, and says how many there are beyond", async ({ expect }) => {
    const prefix = ownId("m");
    const rowsAt = (text: string) =>
      Array.from({ length: 2_001 }, (_, n) => `${prefix}-${n},${text} ${n},${text.length},${text},${text},${text}`);
    const header = "product_id,name,price,brand,unit,description";
    await importCsv([header, ...rowsAt("one")]);

    const { rows, totals, changes_left_out: leftOut } = await importCsv([header, ...rowsAt("other")], DRY_RUN);

    expect([totals["updated"], rows.flatMap(({ changes = [] }) => changes).length, leftOut]).toEqual([2_001, 10_000, 5]);
  });

  it.for([
    ["NDJSON", JSON.stringify({ product_id: "dry-1", name: "Rice", price: 1 }), BULK_FORMATS.ndjson],
    ["CSV", "product_id,name,price\ndry-2,Rice,1", BULK_FORMATS.csv],
    ["a file of Shopify", shopifyFile(), BULK_FORMATS.csv],
    ["a file of WooCommerce", wooCommerceFile(), BULK_FORMATS.csv],
  ] as const)("writes nothing of %s, also with a key, and foretells the import of it", async ([, file, type], { expect }) => {
    const before = await everything();

    const dry = await importFile(file, type, { ...DRY_RUN, key: ownId("key") });
    const after = await everything();
    const real = await importFile(file, type);
    await importFinished(real.import_id);
    const again = await importFile(file, type, DRY_RUN);

    expect(after).toEqual(before);
    expect(dry.totals["created"]).toBeGreaterThan(0);
    expect([dry.totals, dry.stock, dry.rows]).toEqual([real.totals, real.stock, real.rows]);
    expect(again.totals["unchanged"]).toBe(again.totals["rows"]);
  });

  it("refuses what D1 alone can refuse, as the import does", async ({ expect }) => {
    const other = await createdProduct({ sku: `S-${ownId("s")}`, barcode: "4006381333931", slug: ownId("slug").toLowerCase() });
    const [{ sku, slug } = { sku: "", slug: "" }] = await sqlInD1<{ sku: string; slug: string }>(
      "SELECT sku, slug FROM products WHERE product_id = ?",
      other,
    );
    const row = (fields: object) => ({ product_id: ownId("p"), name: "Rice", price: 1, ...fields });
    const lines = [
      row({ sku }),
      row({ slug }),
      row({ barcode: "4006381333931" }),
      row({ components: [{ product_id: "none", quantity: 1 }] }),
    ];

    const dry = await previewRows(lines);
    const real = await importRows(lines);

    expect(dry.rows).toEqual(real.rows);
    expect(dry.rows.map(({ errors: [error] }) => error)).toEqual([
      { field: "sku", message: `must be unique, but the variant ${other} has it`, value: sku },
      { field: "slug", message: `must be unique, but the product ${other} has it`, value: slug },
      { field: "barcode", message: `must be unique, but the product ${other} has it`, value: "4006381333931" },
      { field: "components[0]", message: "names a product that does not exist", value: '{"product_id":"none","quantity":1}' },
    ]);
  });

  it("is only for those who may import, and refuses other parameters", async ({ expect }) => {
    expect((await importFile("product_id\na", "text/csv", { ...DRY_RUN, admin: false })).http).toBe(401);
    expect(await importFile("product_id\na", "text/csv", { query: "?dryrun=true" })).toMatchObject({
      http: 422,
      errors: [{ field: "dryrun" }],
    });
    expect((await importFile("product_id\na", "text/csv", { query: "?dry_run=yes" })).http).toBe(422);
  });
});
