import { afterEach, describe, it } from "vitest";
import { userOf } from "../support/accounts/accounts.ts";
import { appWith } from "../support/http/app.ts";
import { createdProduct, variantsOf } from "../support/shop/catalog.ts";
import { get, patch } from "../support/http/requests.ts";
import { bumpVersion, customerOfTier, getPrice, insertActiveRule } from "../support/pricing/pricing.ts";
import { sqlInD1 } from "../support/stock/stock.ts";

afterEach(async () => {
  await sqlInD1("DELETE FROM pricing_rules");
  await bumpVersion();
});

describe("the price of a product", () => {
  it("is the price times the quantity without rules; the default quantity is one", async ({ expect }) => {
    const id = await createdProduct({ price: 150.5 });

    expect(await getPrice(id)).toEqual({
      http: 200,
      product_id: id,
      variant_id: id,
      base_price: 150.5,
      quantity: 1,
      total_before_discount: 150.5,
      total_discount: 0,
      total_after_discount: 150.5,
      final_unit_price: 150.5,
      currency: "INR",
      applied_rules: [],
      refused_rules: [],
    });
    expect(await getPrice(id, "quantity=3")).toMatchObject({ total_after_discount: 451.5, quantity: 3 });
  });

  it("names applied and refused rules with the reasons; the final unit price is rounded", async ({ expect }) => {
    const id = await createdProduct({ price: 10 });
    const off = await insertActiveRule({ name: "Ten off", discountValue: 1_000 });
    const bulk = await insertActiveRule({ type: "bulk_quantity", minQuantity: 10 });
    const amount = await insertActiveRule({ name: "A rupee", discountType: "absolute", discountValue: 100, priority: 200 });

    expect(await getPrice(id, "quantity=3")).toMatchObject({
      total_before_discount: 30,
      total_discount: 4,
      total_after_discount: 26,
      // 26.00 / 3 = 8.666…
      final_unit_price: 8.67,
      applied_rules: [
        { rule_id: off, name: "Ten off", amount: 3 },
        { rule_id: amount, name: "A rupee", amount: 1 },
      ],
      refused_rules: [{ rule_id: bulk, reason: "quantity_too_small" }],
    });
  });

  it("ignores the case of the promo code, and reports no rule with another code", async ({ expect }) => {
    const id = await createdProduct({ price: 100 });
    const code = await insertActiveRule({ type: "promo_code_percentage", promoCode: "DIWALI", discountValue: 2_000 });
    await insertActiveRule({ type: "promo_code_percentage", promoCode: "SECRET" });

    expect(await getPrice(id, "promo_code=diWali")).toMatchObject({ total_after_discount: 80, refused_rules: [] });
    expect((await getPrice(id, "promo_code=diWali")).applied_rules.map((rule) => rule.rule_id)).toEqual([code]);
    expect(await getPrice(id, "promo_code=nope")).toMatchObject({
      total_after_discount: 100,
      refused_rules: [{ rule_id: null, reason: "promo_code_unknown" }],
    });
    expect((await getPrice(id)).refused_rules).toEqual([]);
  });

  it("includes the variant's adjustment, and requires a variant if there are several", async ({ expect }) => {
    const id = await createdProduct({ price: 10, sku: undefined, variants: variantsOf("tea", "S", "L", "XS") });
    await sqlInD1("UPDATE variants SET price_adjustment_minor = 250 WHERE variant_id = 'tea-L'");
    await sqlInD1("UPDATE variants SET price_adjustment_minor = -99999 WHERE variant_id = 'tea-XS'");

    expect(await getPrice(id, "variant_id=tea-L&quantity=2")).toMatchObject({ base_price: 12.5, total_after_discount: 25 });
    expect(await getPrice(id, "variant_id=tea-S")).toMatchObject({ base_price: 10 });
    expect(await getPrice(id, "variant_id=tea-XS")).toMatchObject({ base_price: 0, final_unit_price: 0 });
    expect(await getPrice(id)).toMatchObject({ http: 422, code: "validation_failed", errors: [{ field: "variant_id" }] });
  });

  it("exists only for products on sale", async ({ expect }) => {
    const id = await createdProduct();
    const answers = [await getPrice("nothing"), await getPrice(id, "variant_id=nothing")];
    await patch(`/api/v1/products/${id}`, { status: "archived" }, { admin: true });

    expect([...answers, await getPrice(id)].map(({ http, code }) => [http, code])).toEqual([
      [404, "not_found"],
      [404, "not_found"],
      [404, "not_found"],
    ]);
  });

  it("is current: a rule applies from the first request after it was written", async ({ expect }) => {
    const id = await createdProduct({ price: 100 });
    const before = await getPrice(id);
    await insertActiveRule({ productId: id, discountValue: 5_000 });

    expect([before.total_after_discount, (await getPrice(id)).total_after_discount]).toEqual([100, 50]);
  });

  it("takes one hop to D1, with any parameters", async ({ expect }) => {
    const id = await createdProduct();
    await insertActiveRule({ promoCode: "BOTH", usageLimit: 5, usageLimitPerCustomer: 2 });

    const response = await get(`/api/v1/products/${id}/price?promo_code=both`);

    expect(response.headers.get("Server-Timing")).toContain('hops;desc="1"');
  });

  it("counts a customer's own uses, and gives a guest `account_needed` for a limit per customer", async ({ expect }) => {
    const id = await createdProduct({ price: 100 });
    const { token, userId } = await customerOfTier("standard");
    const rule = await insertActiveRule({ usageLimitPerCustomer: 1 });

    const fresh = await getPrice(id, "", { token });
    await sqlInD1("INSERT INTO rule_customers VALUES (?, ?, 1, 1)", rule, userId);

    expect(fresh).toMatchObject({ total_after_discount: 90 });
    expect((await getPrice(id, "", { token })).refused_rules).toEqual([{ rule_id: rule, reason: "used_up_by_customer" }]);
    expect((await getPrice(id)).refused_rules).toEqual([{ rule_id: rule, reason: "account_needed" }]);
  });

  it.for([
    "quantity=0",
    "quantity=-1",
    "quantity=1.5",
    "quantity=10001",
    "quantity=NaN",
    "quantity=many",
    "promo_code=",
    "promo_code=%20",
    "promo_code=a%20b",
    "promo_code=%E0%A4%9A",
    `promo_code=${"x".repeat(51)}`,
    "user_tier=platinum",
    "user_tier=",
    "variant_id=%2F",
  ])("is refused for %s", async (query, { expect }) => {
    const id = await createdProduct();

    expect(await getPrice(id, query)).toMatchObject({
      http: 422,
      code: "validation_failed",
      errors: [{ field: query.split("=")[0] }],
    });
  });

  it("is refused if the total would not be exact", async ({ expect }) => {
    const id = await createdProduct({ price: 9_999_999_999.99 });

    expect(await getPrice(id, "quantity=1000")).toMatchObject({ http: 200, total_after_discount: 9_999_999_999_990 });
    expect(await getPrice(id, "quantity=1001")).toMatchObject({ http: 422, errors: [{ field: "quantity" }] });
  });
});

describe("RATE_LIMITS for prices with a promo code", () => {
  it("limit shoppers per address, across products, and not staff", async ({ expect }) => {
    const [one, other] = [await createdProduct(), await createdProduct()];
    const { token } = await userOf("staff");
    const limit = async ({ key = "" }) => ({ success: (tried.push(key), tried.length <= 1) });
    const tried: string[] = [];
    const ask = appWith({ rateLimits: true }, {}, { ADDRESS_LIMITER: { limit } as unknown as RateLimit });
    const headers = { "CF-Connecting-IP": "203.0.113.1" };

    const answers = [
      await ask(`/api/v1/products/${one}/price?promo_code=A`, { headers }),
      await ask(`/api/v1/products/${other}/price?promo_code=B`, { headers }),
      await ask(`/api/v1/products/${other}/price`, { headers }),
      await ask(`/api/v1/products/${other}/price?promo_code=C`, { headers: { ...headers, Authorization: `Bearer ${token}` } }),
    ];

    expect(answers.map(({ status }) => status)).toEqual([200, 429, 200, 200]);
    expect(await answers[1]?.json()).toMatchObject({ code: "rate_limited" });
    expect(new Set(tried)).toEqual(new Set(["promo_code 203.0.113.1"]));
  });
});
