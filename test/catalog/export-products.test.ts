import { env } from "cloudflare:workers";
import { beforeAll, describe, it } from "vitest";
import { exported, importCsv, importFile, importRows } from "../support/shop/bulk.ts";
import { createdProduct, ownBarcode, ownId, variantsOf } from "../support/shop/catalog.ts";
import { silenceD1 } from "../support/d1-faults.ts";
import { get, patch } from "../support/http/requests.ts";

const URL = "/api/v1/products/export";
const ADMIN = { admin: true };

/** Fields that are hard to export and import: quotes, formulas, line breaks, variants, components. */
async function messyCatalogue(): Promise<void> {
  const formulas = ["=cmd()", "'=cmd()", "''+1", "'tis", "@x", "-", "＝x"];
  const texts = [...formulas, '"', '","', "a\r\nb\n\rc", "line\n", "\u{1f600} चावल", "null", "007", "[1]"];
  for (const text of texts) {
    const id = ownId("messy");
    const said = {
      name: text,
      description: text,
      category: text,
      brand: text,
      unit: text,
      supplier_name: text,
      supplier_contact: text,
    };
    await createdProduct({ ...said, product_id: id, sku: `${text.trim()} ${id}`, supplier_email: `${id}@anand.example` });
  }
  const amounts = {
    price: 9_999_999_999.99,
    mrp: 0.01,
    cost_price: 0,
    min_stock_level: 0,
    max_stock_level: 1_000_000_000,
    max_per_order: 1,
    max_per_customer: 1_000_000_000,
  };
  await createdProduct({ ...amounts, barcode: "00036000291452" });
  await createdProduct({ status: "archived", barcode: "96385074" });
  const [sized, content] = [
    ownId("sized"),
    {
      tags: ["=a", "b, c", '"'],
      weight: 0,
      compare_at_price: 0.01,
      slug: "चाय_2",
      images: [{ url: "https://cdn.example.com/a,b.jpg", alt: "=x" }],
    },
  ];
  const variants = variantsOf(sized, "S", "M").map((each) => ({
    ...each,
    options: { "=Size": each.name },
    weight: 5,
    compare_at_price: 9,
  }));
  await createdProduct({ ...content, product_id: sized, sku: undefined, options: [{ name: "=Size", values: ["L"] }], variants });
  const [shirt, single, part] = [ownId("shirt"), ownId("single"), await createdProduct({ barcode: ownBarcode() })];
  await createdProduct({
    product_id: shirt,
    sku: undefined,
    variants: variantsOf(shirt, "=S", "M,\n").map((each, at) => ({ ...each, variant_id: `${shirt}-${at}` })),
  });
  await patch(`/api/v1/products/${shirt}`, { variants: [{ variant_id: `${shirt}-0`, status: "archived" }] }, ADMIN);
  await createdProduct({ product_id: single, sku: undefined, variants: variantsOf(single, "only") });
  const adjusted = await createdProduct();
  await patch(`/api/v1/products/${adjusted}`, { variants: [{ variant_id: adjusted, price_adjustment: -0.07 }] }, ADMIN);
  const set = await createdProduct({
    components: [
      { product_id: single, quantity: 2 },
      { product_id: part, quantity: 1 },
    ],
  });
  await patch(`/api/v1/products/${part}`, { status: "archived" }, ADMIN);
  await patch(`/api/v1/products/${set}`, { sku: `=${set}` }, ADMIN);
}

beforeAll(messyCatalogue);

async function emptyShop(): Promise<void> {
  const tables = ["products", "variants", "components", "product_stock", "inventory_summary"];
  const statements = [
    ...tables.map((name) => `DELETE FROM ${name}`),
    "INSERT INTO products_search (products_search) VALUES ('delete-all')",
    "INSERT INTO catalog_search (catalog_search) VALUES ('delete-all')",
  ];
  await env.DB.batch(statements.map((statement) => env.DB.prepare(statement)));
}

async function everything(): Promise<unknown[]> {
  const tables = ["products", "variants", "components", "audit_log"].map((name) => env.DB.prepare(`SELECT * FROM ${name}`));
  return (await env.DB.batch(tables)).map(({ results }) => results);
}

describe.for([
  ["csv", "text/csv"],
  ["ndjson", "application/x-ndjson"],
] as const)("GET /api/v1/products/export as %s", ([format, type]) => {
  it("writes a file that changes nothing when it is imported", async ({ expect }) => {
    const before = await everything();

    const { http, totals } = await importFile(await exported(format), type);

    expect(http).toBe(200);
    expect(totals.rows).toBeGreaterThanOrEqual(20);
    expect(totals).toEqual({ rows: totals.rows, created: 0, updated: 0, unchanged: totals.rows, refused: 0 });
    expect(await everything()).toEqual(before);
  });

  it("writes a file that makes the same catalogue in an empty shop", async ({ expect }) => {
    await env.DB.prepare("UPDATE products SET status = 'active'").run();
    const file = await exported(format);
    await emptyShop();

    const { totals } = await importFile(file, type);

    expect(totals).toMatchObject({ created: totals.rows, refused: 0 });
    const lines = (text: string) => text.split(format === "csv" ? /\r\n(?=[\w-]+,)/ : "\n").toSorted();
    expect(lines(await exported(format))).toEqual(lines(file));
  });

  it("has a content type and a file name", async ({ expect }) => {
    const response = await get(`${URL}?format=${format}`, ADMIN);
    await response.body?.cancel();

    expect(response.status).toBe(200);
    expect(response.headers.get("Content-Type")).toBe(`${type}; charset=utf-8`);
    expect(response.headers.get("Content-Disposition")).toBe(`attachment; filename="products.${format}"`);
  });
});

describe("GET /api/v1/products/export", () => {
  it("writes CSV with a byte order mark, quoted formulas, and lists as JSON", async ({ expect }) => {
    const id = ownId("p");
    await createdProduct({
      product_id: id,
      sku: `SKU-${id}`,
      slug: "cmd-of-its-own",
      name: "=cmd()",
      description: 'say "no"',
      supplier_contact: "+91",
      barcode: ownBarcode(),
    });

    const file = await exported("csv");

    expect(file.startsWith("\uFEFFproduct_id,sku,name,slug,description,")).toBe(true);
    expect(file).toContain(`${id},SKU-${id},'=cmd(),cmd-of-its-own,"say ""no""",`);
    expect(file).toContain(",'+91,");
  });

  it("takes the format from Accept if none is given, and defaults to CSV", async ({ expect }) => {
    const types = await Promise.all(
      ["application/x-ndjson", "text/csv", "*/*"].map(async (accept) =>
        (await get(URL, { ...ADMIN, headers: { Accept: accept } })).headers.get("Content-Type"),
      ),
    );

    expect(types.map((type) => type?.split(";")[0])).toEqual(["application/x-ndjson", "text/csv", "text/csv"]);
  });

  it("has every product of several pages once, in order, with one statement per page", async ({ expect }) => {
    const rows = Array.from({ length: 1_200 }, (_, index) => ({ product_id: `page-${index}`, name: "Rice", price: 1 }));
    await importRows(rows);

    const lines = (await exported("ndjson")).trim().split("\n");

    const ids = lines
      .map((line) => (JSON.parse(line) as { product_id: string }).product_id)
      .filter((id) => id.startsWith("page-"));
    expect(ids).toEqual(rows.map((row) => row.product_id));
  });

  it("is only for staff", async ({ expect }) => {
    expect((await get(URL)).status).toBe(401);
  });

  it("refuses another format", async ({ expect }) => {
    const response = await get(`${URL}?format=xml`, ADMIN);

    expect([response.status, await response.json()]).toMatchObject([
      422,
      { code: "validation_failed", errors: [{ field: "format" }] },
    ]);
  });

  it("fails before the response begins if the database does not answer", async ({ expect }) => {
    const restore = silenceD1();
    const response = await get(URL, ADMIN);
    restore();

    expect(response.headers.get("Content-Type")).toBe("application/problem+json");
  });

  it("reserves its path: no product may have the id", async ({ expect }) => {
    const { rows } = await importCsv(["product_id,name,price", "export,Rice,1"]);

    expect(rows).toMatchObject([{ outcome: "refused", errors: [{ field: "product_id" }] }]);
  });
});
