import { afterEach, describe, it } from "vitest";
import { createdProduct, variantsOf } from "../support/shop/catalog.ts";
import { type AskOptions, del, get, post } from "../support/http/requests.ts";
import { postRule, bumpVersion, patchRule, ruleBody, RULES } from "../support/pricing/pricing.ts";
import { sqlInD1 } from "../support/stock/stock.ts";

const ADMIN: AskOptions = { admin: true };

afterEach(async () => {
  await sqlInD1("DELETE FROM pricing_rules");
  await bumpVersion();
});

describe("a pricing rule", () => {
  it("is created from the required fields alone; absent conditions are null", async ({ expect }) => {
    const response = await post(RULES, ruleBody(), ADMIN);

    const made = await response.json<Record<string, unknown>>();
    expect([response.status, response.headers.get("Location")]).toEqual([201, `${RULES}/${String(made.rule_id)}`]);
    const none = ["product_id", "variant_id", "category", "min_quantity", "max_quantity", "user_tier", "promo_code"];
    const nothing = [
      "start_at",
      "end_at",
      "min_subtotal",
      "buy_quantity",
      "get_quantity",
      "usage_limit",
      "usage_limit_per_customer",
    ];
    expect(made).toEqual({
      ...ruleBody(),
      ...Object.fromEntries([...none, ...nothing].map((field) => [field, null])),
      rule_id: expect.stringMatching(/^[0-9A-Z]{26}$/),
      priority: 100,
      applies_to: "base",
      free_delivery: false,
      stackable: true,
      is_active: true,
      used: 0,
      created_at: expect.any(String),
      updated_at: made.created_at,
    });
    expect(await (await get(`${RULES}/${String(made.rule_id)}`, ADMIN)).json()).toEqual(made);
  });

  it("returns every field as given, with its promo code in upper case", async ({ expect }) => {
    const productId = await createdProduct({ sku: undefined, variants: variantsOf("cup", "S", "L") });
    const all = ruleBody({
      type: "buy_x_get_y",
      discount_type: "absolute",
      discount_value: 0.01,
      product_id: productId,
      variant_id: "cup-S",
      category: "Tea & Coffee",
      min_quantity: 1,
      max_quantity: 1,
      user_tier: "gold",
      promo_code: "dI-wali_24",
      start_at: "2026-11-01T00:00:00.000Z",
      end_at: "2026-11-01T00:00:00.001Z",
      min_subtotal: 499.99,
      buy_quantity: 2,
      get_quantity: 1,
      priority: 0,
      applies_to: "discounted",
      free_delivery: true,
      stackable: false,
      is_active: false,
      usage_limit: 20,
      usage_limit_per_customer: 1,
    });

    const made = await postRule(all);

    expect(made).toMatchObject({ ...all, http: 201, promo_code: "DI-WALI_24" });
    expect(await (await get(`${RULES}/${made.rule_id}`, ADMIN)).json()).toMatchObject({ ...all, promo_code: "DI-WALI_24" });
  });

  it("stores percentages with two decimals, and amounts with the currency's decimals", async ({ expect }) => {
    const shares = await Promise.all([0.01, 33.33, 100].map((value) => postRule({ discount_value: value })));
    const amount = await postRule({ discount_type: "absolute", discount_value: 1_234.56 });

    expect(shares.map((rule) => rule.discount_value)).toEqual([0.01, 33.33, 100]);
    expect(amount.discount_value).toBe(1_234.56);
    expect(await sqlInD1("SELECT discount_value AS v FROM pricing_rules ORDER BY v")).toEqual(
      [1, 3_333, 10_000, 123_456].map((v) => ({ v })),
    );
  });

  it("applies from the next price on, also when changed, deactivated or deleted", async ({ expect }) => {
    const productId = await createdProduct({ price: 100 });
    const now = async () => {
      const response = await get(`/api/v1/products/${productId}/price`);
      return (await response.json<{ total_after_discount: number }>()).total_after_discount;
    };

    const seen = [await now()];
    const { rule_id: id } = await postRule();
    seen.push(await now());
    await patchRule(id, { discount_value: 20 });
    seen.push(await now());
    await patchRule(id, { is_active: false });
    seen.push(await now());
    await patchRule(id, { is_active: true });
    seen.push(await now());
    await del(`${RULES}/${id}`, ADMIN);

    expect([...seen, await now()]).toEqual([100, 90, 80, 100, 80, 100]);
  });

  it("changes only the given fields, and null clears a condition", async ({ expect }) => {
    const { rule_id: id } = await postRule({ category: "Oil", min_subtotal: 5, usage_limit: 3, promo_code: "A" });

    const changed = await patchRule(id, { name: "Other", priority: 5, end_at: "2030-01-01T00:00:00Z" });
    const cleared = await patchRule(id, {
      category: null,
      min_subtotal: null,
      usage_limit: null,
      promo_code: null,
      end_at: null,
    });

    expect(changed).toMatchObject({ http: 200, name: "Other", category: "Oil", priority: 5, end_at: "2030-01-01T00:00:00.000Z" });
    const empty = { category: null, min_subtotal: null, usage_limit: null, promo_code: null, end_at: null };
    expect(cleared).toMatchObject({ http: 200, name: "Other", ...empty });
  });

  it("requires a new value when its discount type changes", async ({ expect }) => {
    const { rule_id: id } = await postRule({ discount_value: 10 });

    expect(await patchRule(id, { discount_type: "absolute" })).toMatchObject({
      http: 422,
      errors: [{ field: "discount_value" }],
    });
    expect(await patchRule(id, { discount_type: "absolute", discount_value: 250 })).toMatchObject({ discount_value: 250 });
    expect(await patchRule(id, { discount_value: 101 })).toMatchObject({ http: 200, discount_value: 101 });
    expect(await patchRule(id, { discount_type: "absolute" })).toMatchObject({ http: 200, discount_value: 101 });
  });

  it("keeps both of two concurrent changes of different fields", async ({ expect }) => {
    const { rule_id: id } = await postRule();

    const answers = await Promise.all([patchRule(id, { name: "One" }), patchRule(id, { priority: 7 })]);

    expect(answers.map(({ http }) => http)).toEqual([200, 200]);
    expect(await (await get(`${RULES}/${id}`, ADMIN)).json()).toMatchObject({ name: "One", priority: 7 });
  });

  it("is never left invalid by two concurrent changes", async ({ expect }) => {
    for (let round = 0; round < 5; round += 1) {
      const { rule_id: id } = await postRule({ min_quantity: 5, max_quantity: 10 });

      const answers = await Promise.all([patchRule(id, { min_quantity: 8 }), patchRule(id, { max_quantity: 6 })]);

      expect(answers.map(({ http }) => http).toSorted((a, b) => a - b)).toEqual([200, 422]);
    }
  });

  it("is deleted once, and returned as it was", async ({ expect }) => {
    const { http: _, ...made } = await postRule();

    const gone = await del(`${RULES}/${made.rule_id}`, ADMIN);

    expect([gone.status, await gone.json()]).toEqual([200, made]);
    expect((await get(`${RULES}/${made.rule_id}`, ADMIN)).status).toBe(404);
    expect((await del(`${RULES}/${made.rule_id}`, ADMIN)).status).toBe(404);
  });
});
