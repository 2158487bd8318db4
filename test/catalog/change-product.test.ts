import { env } from "cloudflare:workers";
import { describe, it } from "vitest";
import { createdProduct, ownId, variantsOf } from "../support/shop/catalog.ts";
import { patch } from "../support/http/requests.ts";

/** What a variant shows to staff where nothing was said of it as a stock item. */
const PLAIN = {
  barcode: null,
  min_stock_level: null,
  max_stock_level: null,
  compare_at_price: null,
  weight: null,
  image_id: null,
  options: {},
};

const url = (productId: string) => `/api/v1/products/${productId}`;

async function change(productId: string, body: unknown): Promise<Record<string, unknown>> {
  const response = await patch(url(productId), body, { admin: true });
  return { http: response.status, ...(await response.json<Record<string, unknown>>()) };
}

describe("PATCH /api/v1/products/{product_id}", () => {
  it("changes the given fields and keeps the others", async ({ expect }) => {
    const product = await createdProduct({ category: "Grains", brand: "Daawat", max_stock_level: 9 });

    const response = await patch(url(product), { price: 99.5, brand: null, min_stock_level: 9 }, { admin: true });

    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({ price: 99.5, brand: null, category: "Grains", min_stock_level: 9 });
    const stored = await env.DB.prepare("SELECT name, price_minor, brand, category FROM products WHERE product_id = ?")
      .bind(product)
      .first();
    expect(stored).toEqual({ name: "Basmati Rice 1kg", price_minor: 9_950, brand: null, category: "Grains" });
  });

  it("adds and changes variants by id, and returns all of them", async ({ expect }) => {
    const id = ownId("shirt");
    const product = await createdProduct({ product_id: id, sku: undefined, variants: variantsOf(id, "S", "M") });

    const { http, variants } = await change(product, {
      variants: [
        { variant_id: `${id}-S`, status: "archived" },
        { variant_id: `${id}-L`, sku: `SKU-${id}-L` },
      ],
    });

    expect(http).toBe(200);
    expect(variants).toEqual([
      { variant_id: `${id}-S`, sku: `SKU-${id}-S`, name: "S", status: "archived", price_adjustment: 0, ...PLAIN },
      { variant_id: `${id}-M`, sku: `SKU-${id}-M`, name: "M", status: "active", price_adjustment: 0, ...PLAIN },
      { variant_id: `${id}-L`, sku: `SKU-${id}-L`, name: null, status: "active", price_adjustment: 0, ...PLAIN },
    ]);
    const { results } = await env.DB.prepare("SELECT sku, status FROM variants WHERE product_id = ? ORDER BY position")
      .bind(id)
      .all();
    expect(results.map(({ status: stored }) => stored)).toEqual(["archived", "active", "active"]);
  });

  it("replaces a bundle's components", async ({ expect }) => {
    const [a, b] = [await createdProduct(), await createdProduct()];
    const bundle = await createdProduct({ components: [{ product_id: a, quantity: 1 }] });

    const { components } = await change(bundle, { components: [{ product_id: b, quantity: 3 }] });

    expect(components).toMatchObject([{ product_id: b, quantity: 3 }]);
    const { results } = await env.DB.prepare("SELECT product_id, quantity FROM components WHERE bundle_id = ?")
      .bind(bundle)
      .all();
    expect(results).toEqual([{ product_id: b, quantity: 3 }]);
  });

  it("never turns a product into a bundle, or adds a variant to a bundle", async ({ expect }) => {
    const [part, product] = [await createdProduct(), await createdProduct()];
    const bundle = await createdProduct({ components: [{ product_id: part, quantity: 1 }] });

    const made = await change(product, { components: [{ product_id: part, quantity: 1 }] });
    const widened = await change(bundle, { variants: [{ variant_id: ownId("v"), sku: ownId("sku") }] });
    const selfish = await change(bundle, { components: [{ product_id: bundle, quantity: 1 }] });

    expect(made).toMatchObject({ http: 422, code: "invalid_bundle", errors: [{ field: "components" }] });
    expect(widened).toMatchObject({ http: 422, code: "invalid_bundle", errors: [{ field: "variants" }] });
    expect(selfish).toMatchObject({ http: 422, code: "invalid_bundle", errors: [{ field: "components[0]" }] });
  });

  it("changes the SKU of a product with one variant, and refuses it for several", async ({ expect }) => {
    const [product, id] = [await createdProduct(), ownId("shirt")];
    await createdProduct({ product_id: id, sku: undefined, variants: variantsOf(id, "S", "M") });

    expect(await change(product, { sku: `NEW-${product}` })).toMatchObject({ http: 200, variants: [{ sku: `NEW-${product}` }] });
    expect(await change(id, { sku: "NEW" })).toMatchObject({ http: 422, errors: [{ field: "sku" }] });
  });

  it("is only for admins, and 404 for an unknown product", async ({ expect }) => {
    const product = await createdProduct();

    expect((await patch(url(product), { price: 1 })).status).toBe(401);
    expect(await change("nothing", { price: 1 })).toMatchObject({ http: 404, code: "not_found" });
    expect(await change("x".repeat(10_240), { price: 1 })).toMatchObject({ http: 422, errors: [{ field: "product_id" }] });
  });

  it("names the id that is taken by another product", async ({ expect }) => {
    const [product, other] = [await createdProduct(), await createdProduct()];

    expect(await change(product, { sku: `SKU-${other}` })).toMatchObject({ http: 409, errors: [{ field: "sku" }] });
    expect(await change(product, { variants: [{ variant_id: other, sku: ownId("sku") }] })).toMatchObject({
      status: 409,
      errors: [{ field: "variant_id" }],
    });
  });

  it.for([
    ["three decimals", { price: 1.234 }, "price"],
    ["a name taken away", { name: null }, "name"],
    ["a level that contradicts the stored one", { min_stock_level: 21 }, "max_stock_level"],
    ["nothing", {}, "body"],
    ["a new variant without sku", { variants: [{ variant_id: "new" }] }, "variants[0].sku"],
    ["both sku and variants", { sku: "a", variants: [{ variant_id: "b" }] }, "sku"],
  ] as const)("refuses %s", async ([, body, field], { expect }) => {
    const product = await createdProduct({ max_stock_level: 20 });

    expect(await change(product, body)).toMatchObject({ http: 422, code: "validation_failed", errors: [{ field }] });
  });

  it("keeps both of two concurrent changes, even of the same row", async ({ expect }) => {
    const product = await createdProduct();

    const answers = await Promise.all([
      change(product, { name: "New name" }),
      change(product, { variants: [{ variant_id: ownId("v"), sku: ownId("sku") }] }),
      change(product, { max_stock_level: 5 }),
    ]);

    expect(answers.map(({ http }) => http)).toEqual([200, 200, 200]);
    const after = await change(product, { brand: "Any" });
    expect(after).toMatchObject({ name: "New name", max_stock_level: 5 });
    expect(after.variants).toHaveLength(2);
  });

  it("keeps the minimum below the maximum, in whichever order two concurrent changes are made", async ({ expect }) => {
    const product = await createdProduct({ min_stock_level: 1, max_stock_level: 10 });

    const answers = await Promise.all([change(product, { min_stock_level: 8 }), change(product, { max_stock_level: 5 })]);

    expect(answers.map(({ http }) => Number(http)).toSorted((a, b) => a - b)).toEqual([200, 422]);
  });

  it("changes once for one key", async ({ expect }) => {
    const [product, key] = [await createdProduct(), ownId("key")];

    const first = await patch(url(product), { price: 10 }, { admin: true, key });
    await patch(url(product), { price: 20 }, { admin: true });
    const again = await patch(url(product), { price: 10 }, { admin: true, key });

    expect([first.status, again.status, again.headers.get("Idempotency-Replayed")]).toEqual([200, 200, "true"]);
    const stored = await env.DB.prepare("SELECT price_minor FROM products WHERE product_id = ?").bind(product).first();
    expect(stored).toEqual({ price_minor: 2_000 });
  });
});
