import { afterEach, describe, it } from "vitest";
import { createdProduct, variantsOf } from "../support/shop/catalog.ts";
import { type AskOptions, del, get, patch, post } from "../support/http/requests.ts";
import { postRule, bumpVersion, patchRule, insertRule, ruleBody, RULES } from "../support/pricing/pricing.ts";
import { sqlInD1 } from "../support/stock/stock.ts";

const ADMIN: AskOptions = { admin: true };

afterEach(async () => {
  await sqlInD1("DELETE FROM pricing_rules");
  await bumpVersion();
});

const COUNTS = ["min_quantity", "max_quantity", "buy_quantity", "get_quantity", "usage_limit", "usage_limit_per_customer"];
const NO_COUNTS = [0, -1, 1.5, "2", true, 10_000_000_000] as const;

describe("a pricing rule is refused", () => {
  it.for([
    ["no name", { name: undefined }, "name"],
    ["a blank name", { name: "  " }, "name"],
    ["too long a name", { name: "x".repeat(201) }, "name"],
    ["a name with a control character", { name: "a\u0007" }, "name"],
    ["no type", { type: undefined }, "type"],
    ["an unknown type", { type: "flash_sale" }, "type"],
    ["no discount type", { discount_type: undefined }, "discount_type"],
    ["an unknown discount type", { discount_type: "free" }, "discount_type"],
    ["no value", { discount_value: undefined }, "discount_value"],
    ["a value of zero", { discount_value: 0 }, "discount_value"],
    ["a negative value, though delivery is free", { discount_value: -5, free_delivery: true }, "discount_value"],
    ["free delivery as text", { free_delivery: "yes" }, "free_delivery"],
    ["a negative value", { discount_value: -5 }, "discount_value"],
    ["more than 100 %", { discount_value: 100.01 }, "discount_value"],
    ["a thousandth of a per cent", { discount_value: 1.234 }, "discount_value"],
    ["a value as text", { discount_value: "10" }, "discount_value"],
    ["a value that is no number", { discount_value: null }, "discount_value"],
    ["an amount of zero", { discount_type: "absolute", discount_value: 0 }, "discount_value"],
    ["an amount with extra decimals", { discount_type: "absolute", discount_value: 1.005 }, "discount_value"],
    ["too large an amount", { discount_type: "absolute", discount_value: 1e12 }, "discount_value"],
    ["a malformed product id", { product_id: "../x" }, "product_id"],
    ["an unknown product", { product_id: "nothing" }, "product_id"],
    ["an unknown variant", { variant_id: "nothing" }, "variant_id"],
    ["an empty category", { category: "" }, "category"],
    ["too long a category", { category: "x".repeat(101) }, "category"],
    ["an unknown tier", { user_tier: "platinum" }, "user_tier"],
    ["an empty code", { promo_code: "" }, "promo_code"],
    ["a code with blanks", { promo_code: "A B" }, "promo_code"],
    ["a code in another script", { promo_code: "दिवाली" }, "promo_code"],
    ["a code in full-width letters", { promo_code: "ＡＢＣ" }, "promo_code"],
    ["too long a code", { promo_code: "x".repeat(51) }, "promo_code"],
    ["a time without a zone", { start_at: "2026-11-21T09:30:00" }, "start_at"],
    ["an impossible date", { end_at: "2026-02-30T00:00:00Z" }, "end_at"],
    ["a time as a number", { start_at: 1_800_000_000 }, "start_at"],
    ["an end before its start", { start_at: "2026-11-21T00:00:00Z", end_at: "2026-11-20T00:00:00Z" }, "end_at"],
    ["an end at its start", { start_at: "2026-11-21T00:00:00Z", end_at: "2026-11-21T00:00:00Z" }, "end_at"],
    ["a negative subtotal", { min_subtotal: -1 }, "min_subtotal"],
    ["a subtotal with extra decimals", { min_subtotal: 0.001 }, "min_subtotal"],
    ["a minimum above the maximum quantity", { min_quantity: 3, max_quantity: 2 }, "max_quantity"],
    ["a negative priority", { priority: -1 }, "priority"],
    ["a fractional priority", { priority: 0.5 }, "priority"],
    ["a priority of null", { priority: null }, "priority"],
    ["stackable as text", { stackable: "yes" }, "stackable"],
    ["active as a number", { is_active: 1 }, "is_active"],
    ["buy_quantity of another type", { buy_quantity: 1 }, "buy_quantity"],
    ["get_quantity of another type", { get_quantity: 1 }, "get_quantity"],
    ...COUNTS.flatMap((field) => NO_COUNTS.map((value) => [`${field} of ${value}`, { [field]: value }, field] as const)),
  ] as const)("for %s, created or changed", async ([, more, field], { expect }) => {
    const { rule_id: id } = await postRule();
    const given = Object.fromEntries(Object.entries(more).filter(([, value]) => value !== undefined));

    const refused = await postRule(more);
    const change = await patchRule(id, given);

    expect(refused).toMatchObject({ http: 422, code: "validation_failed", errors: [{ field }] });
    expect(change).toMatchObject({ http: 422, code: "validation_failed" });
  });

  it.for([
    ["bulk_quantity", {}, "min_quantity"],
    ["bulk_quantity", { max_quantity: 3 }, "min_quantity"],
    ["seasonal_percentage", {}, "start_at"],
    ["user_tier_percentage", {}, "user_tier"],
    ["promo_code_percentage", {}, "promo_code"],
    ["buy_x_get_y", { get_quantity: 1 }, "buy_quantity"],
    ["buy_x_get_y", { buy_quantity: 1 }, "get_quantity"],
  ] as const)("as %s with %j, without its required condition", async ([type, more, field], { expect }) => {
    expect(await postRule({ type, ...more })).toMatchObject({ http: 422, errors: [{ field }] });
  });

  it("if a change would remove a condition that its type requires", async ({ expect }) => {
    const season = await postRule({ type: "seasonal_percentage", end_at: "2030-01-01T00:00:00Z" });
    const code = await postRule({ type: "promo_code_percentage", promo_code: "A" });

    expect(await patchRule(season.rule_id, { end_at: null })).toMatchObject({ http: 422, errors: [{ field: "start_at" }] });
    expect(await patchRule(code.rule_id, { promo_code: null })).toMatchObject({ http: 422, errors: [{ field: "promo_code" }] });
    expect(await patchRule(code.rule_id, { type: "bulk_quantity" })).toMatchObject({ errors: [{ field: "min_quantity" }] });
  });

  it("if its variant belongs to another product", async ({ expect }) => {
    const [one, other] = [
      await createdProduct(),
      await createdProduct({ sku: undefined, variants: variantsOf("mug", "S", "L") }),
    ];

    expect(await postRule({ product_id: one, variant_id: "mug-S" })).toMatchObject({
      http: 422,
      errors: [{ field: "variant_id" }],
    });
    expect(await postRule({ product_id: other, variant_id: "mug-S" })).toMatchObject({ http: 201 });
    expect(await postRule({ variant_id: "mug-S" })).toMatchObject({ http: 201, product_id: null });
  });

  it("if its limit would be below its uses", async ({ expect }) => {
    const { ruleId } = await insertRule({ usageLimit: 10, used: 4 });

    expect(await patchRule(ruleId, { usage_limit: 3 })).toMatchObject({ http: 422, errors: [{ field: "usage_limit" }] });
    expect(await patchRule(ruleId, { usage_limit: 4 })).toMatchObject({ http: 200, usage_limit: 4, used: 4 });
    expect(await patchRule(ruleId, { usage_limit: null })).toMatchObject({ http: 200, usage_limit: null });
  });

  it("if orders used it while its limit was lowered", async ({ expect }) => {
    const { ruleId } = await insertRule({ usageLimit: 10, used: 4 });
    // Simulates two orders between the read and the write.
    await sqlInD1(
      "CREATE TRIGGER meanwhile BEFORE INSERT ON audit_log BEGIN UPDATE pricing_rules SET used = used + 2 WHERE used = 4; END",
    );

    const answer = await patchRule(ruleId, { usage_limit: 5 });
    await sqlInD1("DROP TRIGGER meanwhile");

    expect(answer).toMatchObject({ http: 422, code: "validation_failed", errors: [{ field: "usage_limit" }] });
    expect(await sqlInD1("SELECT used, usage_limit FROM pricing_rules")).toEqual([{ used: 4, usage_limit: 10 }]);
  });

  it("with 404 if it does not exist, and for an empty change, malformed JSON and another media type", async ({ expect }) => {
    const { rule_id: id } = await postRule();
    const text = { ...ADMIN, headers: { "Content-Type": "text/plain" } };

    const missing = await Promise.all([
      get(`${RULES}/nothing`, ADMIN),
      patch(`${RULES}/nothing`, { name: "x" }, ADMIN),
      del(`${RULES}/nothing`, ADMIN),
    ]);
    const odd = await Promise.all([
      patch(`${RULES}/${id}`, {}, ADMIN),
      post(RULES, "{", ADMIN),
      post(RULES, ruleBody(), text),
      post(RULES, "[]", ADMIN),
    ]);

    expect(missing.map(({ status }) => status)).toEqual([404, 404, 404]);
    expect(odd.map(({ status }) => status)).toEqual([422, 400, 415, 422]);
  });
});

describe("active pricing rules", () => {
  it("are limited to 500, also for concurrent creations and activations", async ({ expect }) => {
    await sqlInD1(
      `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 498)
      INSERT INTO pricing_rules (rule_id, name, type, discount_type, discount_value, priority, stackable, is_active, created_at_ms, updated_at_ms)
      SELECT 'N' || i, 'x', 'cart_total', 'percent', 1, 1, 1, 1, 1, 1 FROM n`,
    );
    const idle = await postRule({ is_active: false });

    const made = await Promise.all([postRule(), postRule(), postRule(), patchRule(idle.rule_id, { is_active: true })]);

    const refused = made.filter(({ http }) => http === 409);
    expect(refused).toHaveLength(2);
    expect(refused[0]).toMatchObject({ code: "too_many_rules" });
    expect(await sqlInD1("SELECT count(*) AS n FROM pricing_rules WHERE is_active = 1")).toEqual([{ n: 500 }]);
    expect(await postRule({ is_active: false })).toMatchObject({ http: 201 });
    expect(await patchRule("N1", { name: "y" })).toMatchObject({ http: 200 });
    expect(await patchRule("N1", { is_active: false })).toMatchObject({ http: 200 });
    expect(await postRule()).toMatchObject({ http: 201 });
  });
});
