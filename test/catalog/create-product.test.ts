import { env } from "cloudflare:workers";
import { describe, it, vi } from "vitest";
import { createdProduct, ownId, productBody, variantsOf } from "../support/shop/catalog.ts";
import { post } from "../support/http/requests.ts";

const URL = "/api/v1/products";

async function rowsOf(productId: string): Promise<number> {
  const count = `SELECT (SELECT count(*) FROM products WHERE product_id = ?1) + (SELECT count(*) FROM variants WHERE product_id = ?1) AS rows`;
  return (await env.DB.prepare(count).bind(productId).first<number>("rows")) ?? 0;
}

describe("POST /api/v1/products", () => {
  it("creates a product with every field", async ({ expect }) => {
    const body = {
      ...productBody({ description: "Aged", category: "Grains", brand: "Daawat", unit: "kg", mrp: 180, cost_price: 110.5 }),
      min_stock_level: 10,
      max_stock_level: 200,
      max_per_order: 2,
      max_per_customer: 4,
      supplier_name: "Anand",
      supplier_contact: "+91 98450 00000",
      supplier_email: "orders@anand.example",
      barcode: "4006381333931",
      slug: "aged-basmati",
      compare_at_price: 170,
      weight: 1_000,
      tags: ["aged", "rice"],
      options: [{ name: "Grain", values: ["Long", "Short"] }],
      images: [{ url: "https://cdn.example.com/rice.jpg", alt: "Rice" }],
    };

    const response = await post(URL, body, { admin: true });

    expect(response.status).toBe(201);
    expect(response.headers.get("Location")).toBe(`${URL}/${body.product_id}`);
    const { sku, ...said } = body;
    expect(await response.json()).toEqual({
      ...said,
      status: "active",
      images: [
        { ...body.images[0], image_id: expect.stringMatching(/^url-[0-9a-f]{16}$/), width: null, height: null, sizes: [] },
      ],
      is_bundle: false,
      weight_unit: "g",
      currency: "INR",
      variants: [
        {
          variant_id: body.product_id,
          sku,
          name: null,
          status: "active",
          price_adjustment: 0,
          barcode: null,
          options: {},
          weight: null,
          compare_at_price: null,
          image_id: null,
          min_stock_level: null,
          max_stock_level: null,
        },
      ],
      components: [],
      created_at: expect.stringMatching(/^\d{4}-.*Z$/),
      updated_at: expect.stringMatching(/^\d{4}-.*Z$/),
    });
  });

  it("creates a product with variants, in their order", async ({ expect }) => {
    const id = ownId("shirt");

    const response = await post(URL, productBody({ product_id: id, sku: undefined, variants: variantsOf(id, "S", "M") }), {
      admin: true,
    });

    expect(response.status).toBe(201);
    expect(await response.json()).toMatchObject({ variants: [{ name: "S" }, { variant_id: `${id}-M`, sku: `SKU-${id}-M` }] });
  });

  it("creates a bundle, whose components default to their only active variant", async ({ expect }) => {
    const [frame, mattress] = [await createdProduct({ name: "Frame" }), await createdProduct({ name: "Mattress" })];
    const components = [
      { product_id: frame, quantity: 1 },
      { product_id: mattress, variant_id: mattress, quantity: 2 },
    ];

    const response = await post(URL, productBody({ components }), { admin: true });

    expect(response.status).toBe(201);
    expect(await response.json()).toMatchObject({
      is_bundle: true,
      components: [
        { product_id: frame, variant_id: frame, quantity: 1, name: "Frame" },
        { product_id: mattress, variant_id: mattress, quantity: 2, name: "Mattress" },
      ],
    });
  });

  it("has a new bundle's availability computed by a component's object", async ({ expect }) => {
    const [frame, mattress] = [await createdProduct(), await createdProduct()];
    const called = vi.spyOn(env.STOCK, "getByName");
    const components = [frame, mattress].map((product_id) => ({ product_id, quantity: 1 }));

    await createdProduct();
    await createdProduct({ components });

    expect(called.mock.calls.map(([name]) => name)).toEqual([frame]);
    called.mockRestore();
  });

  it("is only for admins", async ({ expect }) => {
    const body = productBody();

    expect((await post(URL, body)).status).toBe(401);
    expect((await post(URL, body, { token: "another-token-of-some-length" })).status).toBe(401);
    expect(await rowsOf(body.product_id)).toBe(0);
  });

  it("returns the same product for a repeated key, and 422 for another body", async ({ expect }) => {
    const [body, key] = [productBody(), ownId("key")];

    const [first, second] = [await post(URL, body, { admin: true, key }), await post(URL, body, { admin: true, key })];
    const other = await post(URL, { ...body, price: 1 }, { admin: true, key });

    expect([first.status, second.status, other.status]).toEqual([201, 201, 422]);
    expect(second.headers.get("Idempotency-Replayed")).toBe("true");
    expect(await second.json()).toEqual(await first.json());
    expect(await other.json()).toMatchObject({ code: "idempotency_key_reused" });
  });

  it("keeps one of two products created concurrently with one id", async ({ expect }) => {
    const body = productBody();

    const responses = await Promise.all([post(URL, body, { admin: true }), post(URL, body, { admin: true })]);

    expect(responses.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([201, 409]);
  });

  it("stores SQL and script text as text, everywhere", async ({ expect }) => {
    const text = `'); DROP TABLE products; -- <script>alert("x")</script> \u{1f600} %s \\`;
    const variant = { sku: text.slice(0, 60), name: text };
    const said = { name: text, description: text, category: text, brand: text, supplier_name: text, supplier_contact: text };
    const body = productBody({ ...said, sku: undefined, variants: [{ variant_id: ownId("v"), ...variant }] });

    const response = await post(URL, body, { admin: true });

    expect(response.status).toBe(201);
    expect(await response.json()).toMatchObject({ ...said, variants: [variant] });
    const stored = await env.DB.prepare("SELECT name, description, category FROM products WHERE product_id = ?")
      .bind(body.product_id)
      .first();
    expect(stored).toEqual({ name: text, description: text, category: text });
    expect(await env.DB.prepare("SELECT sku, name FROM variants WHERE product_id = ?").bind(body.product_id).first()).toEqual(
      variant,
    );
  });
});
