import { env } from "cloudflare:workers";
import { beforeAll, describe, it } from "vitest";
import { findSellableComponents, findSellables } from "../../src/catalog/queries.ts";
import type { Wanted } from "../../src/catalog/rules/sellable.ts";
import { prepare, type Query } from "../../src/db/client.ts";
import { createdProduct, variantsOf } from "../support/shop/catalog.ts";
import { patch } from "../support/http/requests.ts";
import { planOf } from "../support/cost/plan.ts";

async function ask<T>(query: Query<T>): Promise<{ answer: T; rowsRead: number }> {
  const result = await prepare(env.DB, query.statement).all();
  return { answer: query.read(result), rowsRead: result.meta.rows_read };
}

async function one(wanted: Wanted) {
  return (await ask(findSellables([wanted]))).answer;
}

describe("the sellable of an order's line", () => {
  const simple: string[] = [];
  let [shirt, bed] = ["", ""];
  beforeAll(async () => {
    for (let count = 0; count < 30; count += 1) simple.push(await createdProduct());
    shirt = await createdProduct({ sku: undefined, variants: variantsOf("shirt", "S", "M", "L") });
    const components = [
      { product_id: simple[0], quantity: 1 },
      { product_id: shirt, variant_id: "shirt-M", quantity: 2 },
    ];
    bed = await createdProduct({ name: "Complete Bed", components });
  });
  it("is the only variant if the line names none", async ({ expect }) => {
    const productId = simple[3] ?? "";

    expect(await one({ productId })).toEqual([
      {
        index: 0,
        productId,
        productName: "Basmati Rice 1kg",
        category: null,
        isBundle: false,
        priceMinor: 15_000,
        productStatus: "active",
        variantId: productId,
        sku: `SKU-${productId}`,
        variantName: null,
        variantStatus: "active",
        isAmbiguous: false,
        maxPerOrder: null,
        maxPerCustomer: null,
      },
    ]);
  });

  it("is the named variant, archived or not, but none of another product", async ({ expect }) => {
    expect(await one({ productId: shirt, variantId: "shirt-M" })).toMatchObject([{ variantId: "shirt-M", isAmbiguous: false }]);
    expect(await one({ productId: shirt, variantId: simple[0] })).toMatchObject([{ productId: shirt, variantId: null }]);
    expect(await one({ productId: shirt, variantId: "nowhere" })).toMatchObject([{ productId: shirt, variantId: null }]);
  });

  it("is ambiguous for several active variants, and not for a single active one", async ({ expect }) => {
    const product = await createdProduct({ sku: undefined, variants: variantsOf("mug", "red", "blue") });

    expect(await one({ productId: product })).toMatchObject([{ variantId: "mug-red", isAmbiguous: true }]);
    await patch(`/api/v1/products/${product}`, { variants: [{ variant_id: "mug-red", status: "archived" }] }, { admin: true });
    expect(await one({ productId: product })).toMatchObject([{ variantId: "mug-blue", isAmbiguous: false }]);
    await patch(`/api/v1/products/${product}`, { variants: [{ variant_id: "mug-blue", status: "archived" }] }, { admin: true });
    expect(await one({ productId: product })).toMatchObject([{ variantId: null, isAmbiguous: false }]);
  });

  it("is found by an `item` that is a product's id or a SKU", async ({ expect }) => {
    expect(await one({ item: simple[1] ?? "" })).toMatchObject([{ productId: simple[1], variantId: simple[1] }]);
    expect(await one({ item: "SKU-shirt-L" })).toMatchObject([{ productId: shirt, variantId: "shirt-L", isAmbiguous: false }]);
    expect(await one({ item: shirt })).toMatchObject([{ productId: shirt, isAmbiguous: true }]);
  });

  it("is the product whose id equals the SKU of another", async ({ expect }) => {
    const other = await createdProduct({ sku: simple[2] });

    expect(await one({ item: simple[2] ?? "" })).toMatchObject([{ productId: simple[2] }]);
    expect(await one({ productId: other })).toMatchObject([{ productId: other, sku: simple[2] }]);
  });

  it("is absent for an unknown product or SKU, whatever the text", async ({ expect }) => {
    for (const item of ["nothing", "' OR 1=1 --", "", '"', "x".repeat(10_000)]) {
      expect(await one({ item })).toEqual([]);
      expect(await one({ productId: item })).toEqual([]);
    }
  });

  it("has the index of its line, for a hundred lines", async ({ expect }) => {
    const wanted = Array.from({ length: 100 }, (_, index) => ({ productId: index % 2 ? "nothing" : (simple[index % 30] ?? "") }));

    const { answer } = await ask(findSellables(wanted));

    expect(answer).toHaveLength(50);
    expect(answer.every(({ index, productId }) => productId === simple[index % 30])).toBe(true);
  });

  it("has components only if it is a bundle, by product and by SKU", async ({ expect }) => {
    const wanted = [{ productId: simple[5] ?? "" }, { productId: bed }, { item: `SKU-${bed}` }, { item: "nothing" }];

    const { answer } = await ask(findSellableComponents(wanted));

    expect(answer.map(({ index, productId, variantId, quantity }) => [index, productId, variantId, quantity])).toEqual([
      [1, simple[0], simple[0], 1],
      [1, shirt, "shirt-M", 2],
      [2, simple[0], simple[0], 1],
      [2, shirt, "shirt-M", 2],
    ]);
    expect(answer[1]).toMatchObject({ sku: "SKU-shirt-M", productStatus: "active", variantStatus: "active" });
  });

  it("is searched by key, with a few rows read for each line", async ({ expect }) => {
    const wanted = Array.from({ length: 20 }, (_, index) => ({ productId: simple[index] ?? "" }));
    const plans = [...(await planOf(findSellables(wanted))), ...(await planOf(findSellableComponents(wanted)))];
    const [line, lines, bundle, none] = await Promise.all([
      ask(findSellables([{ productId: simple[0] ?? "" }])),
      ask(findSellables(wanted)),
      ask(findSellableComponents([{ productId: bed }])),
      ask(findSellableComponents(wanted)),
    ]);

    expect(plans.filter((step) => /^(SCAN|SEARCH)/.test(step)).length).toBeGreaterThanOrEqual(8);
    expect(plans.filter((step) => step.startsWith("SCAN") && !step.startsWith("SCAN w VIRTUAL TABLE"))).toEqual([]);
    // One of them is the line itself, a row of json_each.
    expect(line.rowsRead).toBeLessThanOrEqual(5);
    expect(lines.rowsRead).toBeLessThanOrEqual(5 * 20);
    expect(bundle.rowsRead).toBeLessThanOrEqual(1 + 3 * 2);
    expect(none.rowsRead).toBeLessThanOrEqual(20);
  });
});
