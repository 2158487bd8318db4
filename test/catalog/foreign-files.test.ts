import { beforeAll, describe, it } from "vitest";
import { importCsv, importFile } from "../support/shop/bulk.ts";
import { createdProduct } from "../support/shop/catalog.ts";
import { shopifyFile, wooCommerceFile } from "../support/shop/foreign-files.ts";
import { get, post } from "../support/http/requests.ts";

beforeAll(async () => {
  const place = { country: "IN", postal_code: "560001", latitude: 12.97, longitude: 77.59 };
  await post("/api/v1/warehouses", { warehouse_id: "ONLY", name: "Only", ...place }, { admin: true });
});

async function exportedAs(format: string): Promise<string> {
  const response = await get(`/api/v1/products/export?format=${format}`, { admin: true });
  if (response.status !== 200) throw new Error(await response.text());
  return response.text();
}

async function shown(productId: string): Promise<Record<string, unknown>> {
  return (await get(`/api/v1/products/${productId}`, { admin: true })).json();
}

describe("a product of Shopify", () => {
  it("has its options, prices, barcodes, weights and images", async ({ expect }) => {
    await importFile(shopifyFile(), "text/csv");

    expect(await shown("tee-n-1")).toMatchObject({
      slug: "tee-n-1",
      name: 'Tee №1, "soft"',
      brand: "Acme",
      category: "Apparel & Accessories > Clothing",
      status: "active",
      price: 19.99,
      compare_at_price: 25,
      cost_price: 7.25,
      weight: 150,
      tags: ["summer", "cotton"],
      options: [],
      variants: [{ variant_id: "tee-n-1", sku: "TEE-1" }],
      images: [{ alt: "Front" }, { alt: null }],
    });
    const shirt = await shown("tee-n-0");
    const variants = shirt["variants"] as Record<string, unknown>[];
    const images = shirt["images"] as { image_id: string; url: string }[];
    expect(shirt).toMatchObject({
      category: "Shirts",
      price: 20.9,
      options: [
        { name: "Size", values: ["S", "M", "L"] },
        { name: "Color", values: ["Red", "Blue"] },
      ],
    });
    expect(variants).toHaveLength(6);
    expect(variants[3]).toMatchObject({
      sku: "TEE-0-M-Blue",
      name: "M / Blue",
      options: { Size: "M", Color: "Blue" },
      price_adjustment: 1.01,
      compare_at_price: null,
      weight: 151,
    });
    expect(variants[4]).toMatchObject({ variant_id: "tee-n-0-L-Red", sku: "tee-n-0-L-Red", barcode: null });
    const blue = images.find(({ image_id: id }) => id === variants[3]?.["image_id"]);
    expect(blue?.url).toContain("p0-blue.jpg");
    expect((await shown("tee-n-9"))["status"]).toBe("archived");
  });

  it("may have the columns that are written since 2025", async ({ expect }) => {
    const header =
      "Title,URL handle,Description,Status,SKU,Barcode,Option1 name,Option1 value,Price,Compare-at price,Weight value (grams),Product image URL";
    const { outcomes } = await importCsv([
      header,
      "Cup,new-cup,Blue,Active,CUP-9,,Title,Default Title,5,6,90,https://cdn.example.com/cup.jpg",
    ]);

    expect(outcomes).toEqual(["created"]);
    expect(await shown("new-cup")).toMatchObject({
      name: "Cup",
      price: 5,
      compare_at_price: 6,
      weight: 90,
      images: [{ alt: null }],
    });
  });

  it("may have been saved by a spreadsheet with semicolons and decimal commas", async ({ expect }) => {
    const { outcomes } = await importCsv([
      "Handle;Title;Option1 Name;Option1 Value;Variant SKU;Variant Price",
      "comma-tee;Tee;Size;S;COMMA-S;19,99",
      "comma-tee;;;M;COMMA-M;1.021,5",
    ]);

    expect(outcomes).toEqual(["created"]);
    expect(await shown("comma-tee")).toMatchObject({ price: 19.99, variants: [{}, { price_adjustment: 1_001.51 }] });
  });

  it("is refused by the names of what is wrong, row by row", async ({ expect }) => {
    const header = "Handle,Title,Variant SKU,Variant Price,Variant Barcode,Image Src";
    const { rows } = await importCsv([
      header,
      "bad-1,Bad,B-1,free,,",
      "bad-2,Bad,B-2,1,12345,",
      "bad-3,Bad,B-3,1,,http://insecure.example.com/x.jpg",
      ",Bad,B-4,1,,",
      "good-1,Good,B-5,1,,",
    ]);

    expect(rows.map(({ row, outcome, errors }) => [row, outcome, errors[0]?.field])).toEqual([
      [1, "refused", "price"],
      [2, "refused", "barcode"],
      [3, "refused", "images[0].url"],
      [4, "refused", "Handle"],
      [5, "created", undefined],
    ]);
  });
});

describe("a product of WooCommerce", () => {
  it("has its variations, sale prices, weights in its unit, and its first category", async ({ expect }) => {
    await importFile(wooCommerceFile(), "text/csv");

    expect(await shown("WOO-8")).toMatchObject({
      price: 40,
      compare_at_price: 49.9,
      weight: 250,
      category: "Clothing > Hoodies, warm",
    });
    expect(await shown("woo-104")).toMatchObject({
      name: "Hoodie 4",
      min_stock_level: 2,
      tags: ["winter", "wool"],
      brand: "Acme",
    });
    const variable = await shown("WOO-6");
    expect(variable).toMatchObject({
      description: "<b>Warm</b>, with a hood",
      options: [{ name: "Size", values: ["S", "M"] }],
      price: 45.5,
    });
    expect(variable["variants"]).toMatchObject([
      { sku: "WOO-6-S", compare_at_price: 50, weight: 500, options: { Size: "S" } },
      { sku: "WOO-6-M", compare_at_price: null, price_adjustment: 5.5 },
    ]);
  });

  it("is refused where it has no stock of its own, and a variation without its product", async ({ expect }) => {
    const { rows } = await importCsv([
      "Type,SKU,Name,Regular price,Parent",
      "grouped,G-1,Set,,",
      "variation,V-1,Lost,5,NOWHERE",
      "simple,S-1,Cup,5,",
    ]);

    expect(rows.map(({ row, outcome, errors }) => [row, outcome, errors[0]?.field])).toEqual([
      [1, "refused", "Type"],
      [2, "refused", "Parent"],
      [3, "created", undefined],
    ]);
  });
});

describe("an export for another shop", () => {
  it("has our own products, which its import leaves as they are", async ({ expect }) => {
    const names = [{ name: "Small" }, { name: "Large" }].map((variant, at) => ({ ...variant, sku: `OWN-${at}` }));
    await createdProduct({ product_id: "Own.1", sku: "own one", weight: 7, compare_at_price: 200, slug: "another-name" });
    await createdProduct({ product_id: "Own.2", sku: undefined, variants: names });

    for (const format of ["shopify", "woocommerce"]) {
      const { rows } = await importFile(await exportedAs(format), "text/csv");
      const own = rows.filter(({ product_id: id }) => id?.startsWith("Own."));
      expect([format, own.map(({ outcome }) => outcome)]).toEqual([format, ["unchanged", "unchanged"]]);
    }
    const response = await get("/api/v1/products/export?format=shopify", { admin: true });
    await response.body?.cancel();
    expect(response.headers.get("Content-Type")).toBe("text/csv; charset=utf-8");
    expect(response.headers.get("Content-Disposition")).toBe('attachment; filename="shopify-products.csv"');
  });
});
