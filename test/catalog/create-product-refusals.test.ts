import { env } from "cloudflare:workers";
import { describe, it } from "vitest";
import { createdProduct, ownId, productBody, variantsOf } from "../support/shop/catalog.ts";
import { post } from "../support/http/requests.ts";

const URL = "/api/v1/products";

async function refusal(body: unknown) {
  const response = await post(URL, body, { admin: true });
  const problem = await response.json<{ code: string; errors?: { field: string }[] }>();
  return { status: response.status, code: problem.code, fields: problem.errors?.map(({ field }) => field) };
}

async function rowsOf(productId: string): Promise<number> {
  const count = `SELECT (SELECT count(*) FROM products WHERE product_id = ?1) + (SELECT count(*) FROM variants WHERE product_id = ?1) AS rows`;
  return (await env.DB.prepare(count).bind(productId).first<number>("rows")) ?? 0;
}

describe("POST /api/v1/products refuses", () => {
  it("a taken id by name, and writes nothing", async ({ expect }) => {
    const taken = await createdProduct();
    const [other, third] = [ownId("other"), ownId("third")];

    const answers = [
      await refusal(productBody({ product_id: taken })),
      await refusal(productBody({ product_id: other, sku: undefined, variants: [{ variant_id: taken, sku: other }] })),
      await refusal(productBody({ product_id: third, sku: `SKU-${taken}` })),
    ];

    const taking = { status: 409, code: "already_exists" };
    expect(answers).toEqual([
      { ...taking, fields: ["product_id"] },
      { ...taking, fields: ["variant_id"] },
      { ...taking, fields: ["sku"] },
    ]);
    expect((await rowsOf(other)) + (await rowsOf(third))).toBe(0);
  });

  it.for([
    ["three decimals in the price", { price: 1.005 }, "price"],
    ["three decimals in the cost price", { cost_price: 0.001 }, "cost_price"],
    ["a negative price", { price: -1 }, "price"],
    ["a price that is text", { price: "150" }, "price"],
    ["no name", { name: undefined }, "name"],
    ["a name of blanks", { name: "   " }, "name"],
    ["an id of 10 KB", { product_id: "x".repeat(10_240) }, "product_id"],
    ["an id with a slash", { product_id: "a/b" }, "product_id"],
    ["an unknown status", { status: "gone" }, "status"],
    ["levels the wrong way round", { min_stock_level: 5, max_stock_level: 4 }, "max_stock_level"],
    ["half a unit", { min_stock_level: 1.5 }, "min_stock_level"],
    ["neither sku nor variants", { sku: undefined }, "sku"],
    ["both sku and variants", { variants: variantsOf("v", "a") }, "sku"],
    ["no variant", { sku: undefined, variants: [] }, "variants"],
    ["a variant without sku", { sku: undefined, variants: [{ variant_id: "v" }] }, "variants[0].sku"],
    ["a variant twice", { sku: undefined, variants: variantsOf("v", "a", "a") }, "variants[1].variant_id"],
    ["101 variants", { sku: undefined, variants: variantsOf("v", ...Array.from({ length: 101 }, String)) }, "variants"],
    ["no component", { components: [] }, "components"],
    ["no units of a component", { components: [{ product_id: "p", quantity: 0 }] }, "components[0].quantity"],
    ["10,001 units of a component", { components: [{ product_id: "p", quantity: 10_001 }] }, "components[0].quantity"],
  ] as const)("%s", async ([, more, field], { expect }) => {
    const { status, code, fields } = await refusal(productBody(more));

    expect({ status, code, first: fields?.[0] }).toEqual({ status: 422, code: "validation_failed", first: field });
  });

  it("an amount beyond a double's range", async ({ expect }) => {
    const text = JSON.stringify(productBody()).replace('"price":150', '"price":1e400');

    expect(await refusal(text)).toEqual({ status: 422, code: "validation_failed", fields: ["price"] });
  });

  it("components that cannot make a bundle, naming each", async ({ expect }) => {
    const part = await createdProduct();
    const [archived, several] = [await createdProduct({ status: "archived" }), ownId("several")];
    await createdProduct({ product_id: several, sku: undefined, variants: variantsOf(several, "a", "b") });
    const bundle = await createdProduct({ components: [{ product_id: part, quantity: 1 }] });
    const wanted = [part, "nothing", archived, several, bundle, part].map((product_id) => ({ product_id, quantity: 1 }));

    const { status, code, fields } = await refusal(productBody({ components: wanted }));

    expect({ status, code }).toEqual({ status: 422, code: "invalid_bundle" });
    expect(fields).toEqual([1, 2, 3, 4, 5].map((index) => `components[${index}]`));
  });

  it("a bundle with two variants", async ({ expect }) => {
    const components = [{ product_id: await createdProduct(), quantity: 1 }];

    const answer = await refusal(productBody({ sku: undefined, variants: variantsOf(ownId("v"), "a", "b"), components }));

    expect(answer).toEqual({ status: 422, code: "invalid_bundle", fields: ["variants"] });
  });

  it("malformed JSON with 400, another content type with 415 and 65 KiB with 413", async ({ expect }) => {
    const json = JSON.stringify(productBody());

    const malformed = await post(URL, json.slice(1), { admin: true });
    const typed = await post(URL, json, { admin: true, headers: { "Content-Type": "text/plain" } });
    const large = await post(URL, productBody({ description: "x".repeat(65 * 1024) }), { admin: true });

    expect(await malformed.json()).toMatchObject({ status: 400, code: "malformed_json" });
    expect(await typed.json()).toMatchObject({ status: 415, code: "unsupported_media_type" });
    expect(await large.json()).toMatchObject({ status: 413, code: "body_too_large" });
  });
});
