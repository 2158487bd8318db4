import { env } from "cloudflare:workers";
import { describe, it } from "vitest";
import { importCsv, importRows } from "../support/shop/bulk.ts";
import { createdProduct, ownBarcode, ownId } from "../support/shop/catalog.ts";
import { get } from "../support/http/requests.ts";

const show = async (productId: string) => (await get(`/api/v1/products/${productId}`, { admin: true })).json();
const rowOf = (productId: string) => env.DB.prepare("SELECT * FROM products WHERE product_id = ?").bind(productId).first();

describe("POST /api/v1/products/import", () => {
  it("creates products from CSV with every column", async ({ expect }) => {
    const [id, barcode] = [ownId("p"), ownBarcode()];

    const { http, totals, rows } = await importCsv([
      "product_id,sku,name,description,category,brand,unit,status,price,mrp,cost_price,min_stock_level,max_stock_level,supplier_name,supplier_contact,supplier_email,barcode",
      `${id},RICE-${id},"Rice, ""aged""","two\r\nlines",Grains,Daawat,kg,archived, 12.50 ,20,9.99,5,50,Anand,'+91 98450,orders@anand.example,${barcode}`,
    ]);

    expect(http).toBe(200);
    expect(totals).toEqual({ rows: 1, created: 1, updated: 0, unchanged: 0, refused: 0 });
    expect(rows).toEqual([{ row: 1, product_id: id, outcome: "created", errors: [] }]);
    expect(await show(id)).toMatchObject({
      name: 'Rice, "aged"',
      description: "two\r\nlines",
      category: "Grains",
      brand: "Daawat",
      unit: "kg",
      status: "archived",
      price: 12.5,
      mrp: 20,
      cost_price: 9.99,
      min_stock_level: 5,
      max_stock_level: 50,
      supplier_name: "Anand",
      supplier_contact: "+91 98450",
      supplier_email: "orders@anand.example",
      barcode,
      variants: [{ variant_id: id, sku: `RICE-${id}`, status: "active" }],
    });
  });

  it("creates products from NDJSON, with the id as the default SKU", async ({ expect }) => {
    const id = ownId("p");

    const { outcomes } = await importRows([{ product_id: id, name: "Rice", price: 12.5 }]);

    expect(outcomes).toEqual(["created"]);
    expect(await show(id)).toMatchObject({ price: 12.5, status: "active", variants: [{ variant_id: id, sku: id }] });
  });

  it("changes the fields of the file's columns, clears empty ones, and keeps the others", async ({ expect }) => {
    const id = await createdProduct({ brand: "Daawat", category: "Grains", unit: "kg", mrp: 200 });

    const { outcomes } = await importCsv(["product_id,price,brand,mrp,sku,status", `${id},99,,,,`]);

    expect(outcomes).toEqual(["updated"]);
    expect(await show(id)).toMatchObject({
      name: "Basmati Rice 1kg",
      price: 99,
      brand: null,
      mrp: null,
      category: "Grains",
      unit: "kg",
      status: "active",
      variants: [{ sku: `SKU-${id}` }],
    });
  });

  it("keeps the name and price if their cells are empty, and requires both for a new product", async ({ expect }) => {
    const [id, fresh] = [await createdProduct(), ownId("p")];

    const { rows } = await importCsv(["product_id,name,price,brand", `${id},, ,Daawat`, `${fresh},,,Daawat`]);
    const again = await importRows([{ product_id: id, name: null, price: null, unit: "kg" }]);

    const needed = { message: "is required for a new product" };
    expect(rows).toMatchObject([
      { outcome: "updated" },
      {
        outcome: "refused",
        errors: [
          { field: "name", ...needed },
          { field: "price", ...needed },
        ],
      },
    ]);
    expect(again.outcomes).toEqual(["updated"]);
    expect(await show(id)).toMatchObject({ name: "Basmati Rice 1kg", price: 150, brand: "Daawat", unit: "kg" });
  });

  it("reports rows that changed nothing, and writes nothing for them", async ({ expect }) => {
    const id = await createdProduct();
    const before = await rowOf(id);

    const { outcomes, totals } = await importCsv(["product_id,name,price", `${id},Basmati Rice 1kg,150.00`]);

    expect([outcomes, totals.unchanged]).toEqual([["unchanged"], 1]);
    expect(await rowOf(id)).toEqual(before);
  });

  it("writes every valid row and names the invalid fields of the others", async ({ expect }) => {
    const [taken, barcode] = [await createdProduct(), ownBarcode()];
    await createdProduct({ barcode });
    const ids = Array.from({ length: 9 }, () => ownId("p"));

    const { http, rows, totals } = await importCsv([
      "product_id,name,price,sku,barcode",
      `${ids[0]},Good,1,,`,
      `${ids[1]},,1,,`,
      `${ids[2]},Dear,1e3,,`,
      `${ids[3]},Taken,1,SKU-${taken},`,
      `${ids[4]},Scanned,1,,${barcode}`,
      `${ids[5]},Misread,1,,4006381333930`,
      `a/b,Bad id,1,,`,
      `${ids[6]},Short`,
      `,No id,1,,`,
      `${ids[7]},Good too,2,,`,
    ]);

    expect(http).toBe(200);
    expect(totals).toEqual({ rows: 10, created: 2, updated: 0, unchanged: 0, refused: 8 });
    expect(rows.map(({ row, outcome, errors }) => [row, outcome, errors[0]?.field])).toEqual([
      [1, "created", undefined],
      [2, "refused", "name"],
      [3, "refused", "price"],
      [4, "refused", "sku"],
      [5, "refused", "barcode"],
      [6, "refused", "barcode"],
      [7, "refused", "product_id"],
      [8, "refused", "row"],
      [9, "refused", "product_id"],
      [10, "created", undefined],
    ]);
  });

  it.for([
    ["1e3", undefined],
    ["1,000", undefined],
    ["₹12", undefined],
    ["-1", undefined],
    ["12.", undefined],
    [".5", undefined],
    ["12.345", undefined],
    ["0.1000000000000000055", undefined],
    ["NaN", undefined],
    ["0x10", undefined],
    ["10000000001", undefined],
    [" 12.50 ", 12.5],
    ["007", 7],
    ["0", 0],
    ["4.35", 4.35],
    ["9999999999.99", 9_999_999_999.99],
  ] as const)("reads the price %j as %s", async ([text, price], { expect }) => {
    const id = ownId("p");

    const { rows } = await importCsv(["product_id,name,price", `${id},Rice,"${text}"`]);

    if (price === undefined) expect(rows).toMatchObject([{ outcome: "refused", errors: [{ field: "price" }] }]);
    else expect(await show(id)).toMatchObject({ price });
  });

  it("refuses the later of two rows with one value; an invalid row does not count", async ({ expect }) => {
    const [a, b, c, d, barcode] = [ownId("p"), ownId("p"), ownId("p"), ownId("p"), ownBarcode()];
    const shared = { name: "Rice", price: 1 };

    const { rows } = await importRows([
      { product_id: a, ...shared, sku: `S-${a}`, barcode },
      { product_id: a, ...shared },
      { product_id: b, ...shared, sku: `S-${a}` },
      { product_id: c, ...shared, barcode: `0${barcode}` },
      { product_id: d, ...shared, price: -1, sku: `S-${d}` },
      { product_id: d, ...shared },
    ]);

    expect(rows.map(({ outcome, errors }) => [outcome, errors[0]?.field])).toEqual([
      ["created", undefined],
      ["refused", "product_id"],
      ["refused", "sku"],
      ["refused", "barcode"],
      ["refused", "price"],
      ["created", undefined],
    ]);
  });

  it("refuses a later row whose SKU is the id of an earlier new product", async ({ expect }) => {
    const [a, b] = [ownId("p"), ownId("p")];

    const { outcomes } = await importRows([
      { product_id: a, name: "Rice", price: 1 },
      { product_id: b, name: "Rice", price: 1, sku: a },
    ]);

    expect(outcomes).toEqual(["created", "refused"]);
  });
});
