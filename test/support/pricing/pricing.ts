import { env } from "cloudflare:workers";
import { userOf } from "../accounts/accounts.ts";
import { type AskOptions, get, patch, post } from "../http/requests.ts";
import { sqlInD1 } from "../stock/stock.ts";
import { RULE_DEFAULTS } from "../../../src/pricing/rules/rule-fields.ts";
import type { LineToPrice, PricingFacts, PricingRule } from "../../../src/pricing/rules/pricing-rule.ts";

const ANY: PricingRule = {
  ...RULE_DEFAULTS,
  ruleId: "R",
  name: "A rule",
  type: "cart_total",
  discountType: "percent",
  discountValue: 1_000,
};

/** A rule with 10 % off everything, with overrides. */
export function ruleOf(more: Partial<PricingRule> = {}): PricingRule {
  return { ...ANY, ...more };
}

/** A line of one unit for 100.00, with overrides. */
export function lineOf(more: Partial<LineToPrice> = {}): LineToPrice {
  const { lineNo = 0 } = more;
  const product = { productId: `p${lineNo}`, variantId: `v${lineNo}`, category: null };
  return { lineNo, ...product, quantity: 1, unitPriceMinor: 10_000, promoCode: null, tier: null, ...more };
}

/** Pricing facts for a guest at noon. */
export function factsOf(rules: readonly PricingRule[], more: Partial<PricingFacts> = {}): PricingFacts {
  return { rules, uses: new Map(), customerId: null, nowMs: NOON, ...more };
}

export const NOON = Date.parse("2026-11-21T12:00:00Z");

/** Inserts a rule directly into D1, without a new version: cached rules stay in use. */
export async function insertRule(more: Partial<PricingRule> & { used?: number } = {}): Promise<PricingRule> {
  const { used = 0, ...given } = more;
  const rule = ruleOf({ ruleId: `R${crypto.randomUUID()}`, ...given });
  const row = {
    ...rule,
    stackable: rule.stackable ? 1 : 0,
    isActive: rule.isActive ? 1 : 0,
    freeDelivery: rule.freeDelivery ? 1 : 0,
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

/** Invalidates the cached rules and tax rates. */
export async function bumpVersion(): Promise<void> {
  await env.DB.prepare("UPDATE pricing_state SET version = version + 1").run();
}

export const RULES = "/api/v1/pricing-rules";

/** The request body of a rule with 10 % off everything. */
export function ruleBody(more: Record<string, unknown> = {}) {
  return { name: "Ten off", type: "cart_total", discount_type: "percent", discount_value: 10, ...more };
}

export type RuleAnswer = Record<string, unknown> & { http: number; rule_id: string };

/** Creates a rule over HTTP; returns refusals too. */
export async function postRule(more: Record<string, unknown> = {}, options: AskOptions = { admin: true }): Promise<RuleAnswer> {
  return answerOf(await post(RULES, ruleBody(more), options));
}

/** Changes a rule over HTTP; returns refusals too. */
export async function patchRule(ruleId: string, changes: unknown, options: AskOptions = { admin: true }): Promise<RuleAnswer> {
  return answerOf(await patch(`${RULES}/${ruleId}`, changes, options));
}

async function answerOf(response: Response): Promise<RuleAnswer> {
  return { ...(await response.json<RuleAnswer>()), http: response.status };
}

interface PriceBody {
  total_after_discount: number;
  applied_rules: { rule_id: string; name: string; amount: number }[];
  refused_rules: { rule_id: string | null; reason: string }[];
}

/** Gets a price over HTTP. */
export async function getPrice(
  productId: string,
  query = "",
  options: AskOptions = {},
): Promise<PriceBody & Record<string, unknown>> {
  const response = await get(`/api/v1/products/${productId}/price${query && `?${query}`}`, options);
  return { ...(await response.json<PriceBody>()), http: response.status };
}

/** Inserts a rule and invalidates the cache. @returns its id */
export async function insertActiveRule(more: Parameters<typeof insertRule>[0] = {}): Promise<string> {
  const { ruleId } = await insertRule(more);
  await bumpVersion();
  return ruleId;
}

/** A signed-in customer with a tier. */
export async function customerOfTier(tier: string): Promise<{ token: string; userId: string }> {
  const { token, userId } = await userOf();
  await sqlInD1("UPDATE users SET tier = ? WHERE user_id = ?", tier, userId);
  return { token, userId };
}
