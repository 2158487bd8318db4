import { env } from "cloudflare:workers";
import type { LineToPrice, PricingFacts, PricingRule } from "../../src/pricing/rules/pricing-rule.ts";

const ANY: PricingRule = {
  ruleId: "R",
  name: "A rule",
  type: "cart_total",
  productId: null,
  variantId: null,
  category: null,
  minQuantity: null,
  maxQuantity: null,
  userTier: null,
  promoCode: null,
  startAtMs: null,
  endAtMs: null,
  minSubtotalMinor: null,
  buyQuantity: null,
  getQuantity: null,
  discountType: "percent",
  discountValue: 1_000,
  priority: 100,
  stackable: true,
  isActive: true,
  usageLimit: null,
  usageLimitPerCustomer: null,
};

/** A rule that takes 10 % off everything, with what the test says of it. */
export function ruleOf(more: Partial<PricingRule> = {}): PricingRule {
  return { ...ANY, ...more };
}

/** A line of one unit for 100.00, with what the test says of it. */
export function lineOf(more: Partial<LineToPrice> = {}): LineToPrice {
  const { lineNo = 0 } = more;
  const product = { productId: `p${lineNo}`, variantId: `v${lineNo}`, category: null };
  return { lineNo, ...product, quantity: 1, unitPriceMinor: 10_000, promoCode: null, tier: null, ...more };
}

/** What prices depend on, for a guest at noon. */
export function factsOf(rules: readonly PricingRule[], more: Partial<PricingFacts> = {}): PricingFacts {
  return { rules, uses: new Map(), customerId: null, nowMs: NOON, ...more };
}

export const NOON = Date.parse("2026-11-21T12:00:00Z");

/** Writes a rule straight into D1, as one whose writer forgot to tell that something changed. */
export async function insertedRule(more: Partial<PricingRule> & { used?: number } = {}): Promise<PricingRule> {
  const { used = 0, ...given } = more;
  const rule = ruleOf({ ruleId: `R${crypto.randomUUID()}`, ...given });
  const row = {
    ...rule,
    stackable: rule.stackable ? 1 : 0,
    isActive: rule.isActive ? 1 : 0,
    used,
    createdAtMs: 1,
    updatedAtMs: 1,
  };
  const names = Object.keys(row).map((name) => name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`));
  await env.DB.prepare(`INSERT INTO pricing_rules (${names.join()}) VALUES (${names.map(() => "?").join()})`)
    .bind(...Object.values(row))
    .run();
  return rule;
}

/** Tells that rules or taxes changed. */
export async function bumpVersion(): Promise<void> {
  await env.DB.prepare("UPDATE pricing_state SET version = version + 1").run();
}
