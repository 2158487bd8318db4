import { it } from "vitest";
import { pictureOf } from "../../scripts/support/demo-pictures.js";
import { isInStore, toGtin14 } from "../../src/catalog/rules/gtin.ts";
import { readImage } from "../../src/catalog/rules/image-bytes.ts";
import { DELIVERY_METHODS, PRODUCTS, STOCK, WAREHOUSES } from "../../scripts/demo-shop.js";

/** What was agreed for the demo shop: price and units over all warehouses. */
const GROCERIES = {
  "prod-001": ["Basmati Rice 1kg", 150, 50],
  "prod-002": ["Toor Dal 1kg", 120, 30],
  "prod-003": ["Sunflower Oil 1L", 180, 25],
  "prod-004": ["Turmeric Powder 100g", 45, 40],
  "prod-005": ["Onions 1kg", 35, 2],
  "prod-006": ["Tomatoes 1kg", 45, 0],
  "prod-007": ["Wheat Flour 2kg", 80, 15],
  "prod-008": ["Sugar 1kg", 45, 60],
  "prod-009": ["Salt 1kg", 20, 80],
  "prod-010": ["Milk 1L", 60, 10],
};

it("offers the ten groceries with the agreed names, prices and units", ({ expect }) => {
  const offered = PRODUCTS.filter(({ product_id }) => product_id.startsWith("prod-")).map(({ product_id, name, price }) => {
    const rows = STOCK.filter(({ productId }) => productId === product_id);
    return [product_id, [name, price, rows.reduce((sum, { quantity }) => sum + quantity, 0)]];
  });

  expect(Object.fromEntries(offered)).toEqual(GROCERIES);
});

it("sells the bed as a bundle whose parts come first and have stock, and which has none itself", ({ expect }) => {
  const ids = PRODUCTS.map(({ product_id }) => product_id);
  const bundle = PRODUCTS.find((product) => "components" in product);
  const stocked = new Set(STOCK.map(({ productId }) => productId));

  expect(bundle).toMatchObject({
    product_id: "493.857.51",
    name: "Complete Bed",
    components: [
      { product_id: "704.894.50", quantity: 1 },
      { product_id: "604.894.55", quantity: 1 },
    ],
  });
  expect(ids.slice(-3)).toEqual(["704.894.50", "604.894.55", "493.857.51"]);
  expect(ids.slice(-3).map((id) => stocked.has(id))).toEqual([true, true, false]);
});

it("describes every product in full, under an id and a SKU of its own", ({ expect }) => {
  const filled = ["category", "brand", "unit", "sku", "mrp", "cost_price", "min_stock_level", "max_stock_level", "supplier_name"];

  expect(PRODUCTS).toHaveLength(13);
  for (const product of PRODUCTS) {
    const values = new Map<string, unknown>(Object.entries(product));
    expect(filled.filter((name) => values.get(name) === undefined || values.get(name) === "")).toEqual([]);
    expect(product.supplier_contact).toMatch(/@[a-z]+\.example\.com$/);
    expect(product.cost_price).toBeLessThan(product.price);
    expect(product.price).toBeLessThanOrEqual(product.mrp);
  }
  expect(new Set(PRODUCTS.map(({ product_id }) => product_id)).size).toBe(13);
  expect(new Set(PRODUCTS.map(({ sku }) => sku)).size).toBe(13);
  expect(new Set(PRODUCTS.map(({ barcode }) => barcode)).size).toBe(13);
  for (const { barcode } of PRODUCTS) expect(isInStore(toGtin14(barcode) ?? "")).toBe(true);
});

it("has three warehouses, two of them for collecting, and three ways to get an order", ({ expect }) => {
  const places = WAREHOUSES.map((place) => [place.warehouse_id, place.postal_code, place.allows_self_service]);
  const terms = DELIVERY_METHODS.map(({ method, cost, days }) => [method, cost, days]);

  expect(places).toEqual([
    ["BLR", "560001", true],
    ["MUM", "400001", true],
    ["DEL", "110001", false],
  ]);
  expect(terms).toEqual([
    ["self_service", 0, 3],
    ["curbside", 49, 3],
    ["in_door", 149, 3],
  ]);
});

it("has a picture of every product, no more than 200 KiB together", ({ expect }) => {
  const pictures = PRODUCTS.map(({ product_id: productId }) => pictureOf(productId));
  const bytes = pictures.flatMap((picture) => (picture ? [picture.whole, picture.small] : []));

  expect(bytes).toHaveLength(2 * PRODUCTS.length);
  expect(bytes.map(readImage).map((read) => read && [read.type, read.width, read.height].join())).toEqual(
    PRODUCTS.flatMap(() => ["image/png,480,480", "image/png,240,240"]),
  );
  expect(bytes.reduce((sum, { length }) => sum + length, 0)).toBeLessThanOrEqual(200 * 1_024);
  expect(new Set(bytes.map((each) => Buffer.from(each).toString("base64"))).size).toBe(bytes.length);
});
