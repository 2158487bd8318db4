import { beforeAll, beforeEach, describe, it } from "vitest";
import type { PricingRule } from "../../../src/pricing/rules/pricing-rule.ts";
import { cartRow, insertCart, checkOutBy, PRICE_MINOR } from "../../support/carts/checkouts.ts";
import { faultyWorker } from "../../support/faults.ts";
import { unitsOf } from "../../support/orders/http.ts";
import { stocked } from "../../support/orders/orders.ts";
import { bumpVersion, insertRule } from "../../support/pricing/pricing.ts";
import { demoWarehouses, newId } from "../../support/shop/shop.ts";
import { sqlInD1, stockOf } from "../../support/stock/stock.ts";

const DELIVERY_MINOR = 4_900;

beforeAll(demoWarehouses);
// Rules can apply to every product, so each test has its own.
beforeEach(async () => {
  await sqlInD1("DELETE FROM pricing_rules");
  await bumpVersion();
});

/** A code for 10 % off, and a cart of two units at the discounted price. */
async function promised(more: Partial<PricingRule> & { used?: number } = {}) {
  const rule = await insertRule({ type: "promo_code_percentage", promoCode: "TEN", usageLimit: 20, ...more });
  await bumpVersion();
  const productId = await stocked(5);
  return { rule, productId, cartId: await cartOf(productId, rule) };
}

function cartOf(productId: string, rule: PricingRule, { isLost = false, isLimited = true } = {}): Promise<string> {
  const amountMinor = (2 * PRICE_MINOR) / 10;
  const discounts = [{ ruleId: rule.ruleId, name: rule.name, amountMinor, isOfCart: false, isLimited }];
  return insertCart([{ productId, quantity: 2, discounts, promoCode: "TEN", isLost }]);
}

async function usesOf({ ruleId }: PricingRule): Promise<number | undefined> {
  const [row] = await sqlInD1<{ used: number }>("SELECT used FROM pricing_rules WHERE rule_id = ?", ruleId);
  return row?.used;
}

describe("the price of a checkout", () => {
  it("is the cart's, and counts the use of its code", async ({ expect }) => {
    const { rule, cartId } = await promised();

    const placed = await checkOutBy(faultyWorker().deps, cartId);

    const totalMinor = 2 * PRICE_MINOR - 3_000 + DELIVERY_MINOR;
    expect(placed).toMatchObject({ order: { totalMinor, discountMinor: 3_000, promoCode: "TEN" } });
    expect(await usesOf(rule)).toBe(1);
  });

  it("stays when its rule has ended, changed or was deleted, and then counts no use", async ({ expect }) => {
    const { rule, cartId } = await promised();
    await sqlInD1("UPDATE pricing_rules SET is_active = 0, discount_value = 1, end_at_ms = 1 WHERE rule_id = ?", rule.ruleId);
    await bumpVersion();

    const placed = await checkOutBy(faultyWorker().deps, cartId);

    expect(placed).toMatchObject({ order: { discountMinor: 3_000, rulesUsed: [] } });
    expect(await usesOf(rule)).toBe(0);
  });

  it("is quoted again where the code is used up, and charged where the shopper agrees", async ({ expect }) => {
    const { rule, productId, cartId } = await promised({ usageLimit: 20, used: 20 });
    const { deps } = faultyWorker();

    const refused = await checkOutBy(deps, cartId);

    const refusedRules = [{ rule_id: rule.ruleId, promo_code: "TEN", reason: "used_up" }];
    expect(refused).toMatchObject({
      code: "total_changed",
      members: { quote: { total: 349, discount_total: 0, refused_rules: refusedRules } },
    });
    expect(await unitsOf(productId)).toEqual({ BLR: [5, 2] });
    expect(await checkOutBy(deps, cartId, { expectedMinor: 34_900 })).toMatchObject({ order: { totalMinor: 34_900 } });
    expect(await usesOf(rule)).toBe(20);
  });

  it("is quoted again to all but one of the shoppers who use the last use at once, and their carts keep their units", async ({
    expect,
  }) => {
    const { rule } = await promised({ usageLimit: 1 });
    const productId = await stocked(20);
    const carts = await Promise.all(Array.from({ length: 5 }, () => cartOf(productId, rule)));
    const worker = faultyWorker();

    const answers = await Promise.all(carts.map((cartId) => checkOutBy(worker.deps, cartId, { key: newId("key") })));
    await worker.idle();

    const codes = answers.map((answer) => ("code" in answer ? answer.code : "placed")).toSorted();
    expect(codes).toEqual(["placed", ...Array.from({ length: 4 }, () => "total_changed")]);
    expect(await usesOf(rule)).toBe(1);
    expect(await unitsOf(productId)).toEqual({ BLR: [20, 8, 2] });
  });

  it("respects a limit that was set after the carts were filled", async ({ expect }) => {
    const { rule } = await promised({ usageLimit: null });
    const productId = await stocked(20);
    const carts = await Promise.all([1, 2, 3].map(() => cartOf(productId, rule, { isLimited: false })));
    await sqlInD1("UPDATE pricing_rules SET usage_limit = 1 WHERE rule_id = ?", rule.ruleId);
    await bumpVersion();
    const { deps } = faultyWorker();

    const answers = [];
    for (const cartId of carts) answers.push(await checkOutBy(deps, cartId));

    expect(answers).toMatchObject([{ replayed: false }, { code: "total_changed" }, { code: "total_changed" }]);
  });

  it("is quoted again, not unresolved, where a used-up code was renamed meanwhile", async ({ expect }) => {
    const { rule, cartId } = await promised({ usageLimit: 1, used: 1 });
    await sqlInD1("UPDATE pricing_rules SET promo_code = 'ELEVEN' WHERE rule_id = ?", rule.ruleId);
    await bumpVersion();

    expect(await checkOutBy(faultyWorker().deps, cartId)).toMatchObject({ code: "total_changed" });
  });

  it("is computed again by today's rules where the line was lost; the code discounts it as of now", async ({ expect }) => {
    const { rule } = await promised();
    const productId = await stocked(5);
    const cartId = await cartOf(productId, rule, { isLost: true });

    const placed = await checkOutBy(faultyWorker().deps, cartId);

    expect(placed).toMatchObject({ order: { discountMinor: 3_000 } });
  });

  it("is computed again where D1 shows the line as reserved and no object holds it", async ({ expect }) => {
    const { productId, cartId } = await promised();
    await stockOf(productId).setCart({
      cartId,
      editNo: 2,
      lines: [{ variantId: productId, quantity: 0, least: 1 }],
      ranking: ["BLR"],
      policy: "nearest_available",
      untilMs: Date.now() + 1_000,
      maxSharePercent: 100,
    });
    await sqlInD1("UPDATE products SET price_minor = 20000 WHERE product_id = ?", productId);
    const worker = faultyWorker();

    const refused = await checkOutBy(worker.deps, cartId);
    await worker.idle();

    expect(refused).toMatchObject({ code: "total_changed", members: { quote: { subtotal: 400 } } });
    expect(await cartRow(cartId)).toEqual({ generation: 2, orderId: null });
    expect(await unitsOf(productId)).toEqual({ BLR: [5, 0] });
    expect(await checkOutBy(worker.deps, cartId, { expectedMinor: 40_900 })).toMatchObject({ replayed: false });
  });

  it("is not charged where the shopper expects another", async ({ expect }) => {
    const { productId, cartId } = await promised();
    const { deps } = faultyWorker();
    const key = newId("key");

    const refused = await checkOutBy(deps, cartId, { key, expectedMinor: 1 });
    const again = await checkOutBy(deps, cartId, { key, expectedMinor: 1 });

    expect([refused, again]).toMatchObject([{ code: "total_changed" }, { code: "total_changed" }]);
    expect(await unitsOf(productId)).toEqual({ BLR: [5, 2] });
  });

  it("has the taxes of the destination", async ({ expect }) => {
    const { cartId } = await promised();
    await sqlInD1("INSERT INTO tax_rates (country, category, rate_bps) VALUES ('IN', '', 1800)");
    await bumpVersion();

    const placed = await checkOutBy(faultyWorker().deps, cartId);

    // 27,000 with 18 % in them: 27,000 × 1,800 / 11,800 = 4,118.64…
    expect(placed).toMatchObject({ order: { taxMinor: 4_119, totalMinor: 27_000 + DELIVERY_MINOR } });
    await sqlInD1("DELETE FROM tax_rates");
    await bumpVersion();
  });
});
