import { env } from "cloudflare:workers";
import type { PricingRule } from "../../../src/pricing/rules/pricing-rule.ts";
import { bumpVersion, insertRule } from "./pricing.ts";

/** Inserts a rule with a unique promo code, by default with 10 % off everything. */
export async function insertPromo(more: Partial<PricingRule> = {}): Promise<{ code: string; ruleId: string }> {
  const code = `C${crypto.randomUUID()}`.toUpperCase();
  const { ruleId } = await insertRule({ type: "promo_code_percentage", promoCode: code, ...more });
  await bumpVersion();
  return { code, ruleId };
}

/** The counted uses of a rule, in total and by customer. */
export async function useCounts(ruleId: string): Promise<{ all: number | null; customers: Record<string, number> }> {
  const about = (query: string) => env.DB.prepare(query).bind(ruleId);
  const [rules, customers] = await env.DB.batch<{ customer: string; used: number }>([
    about("SELECT used FROM pricing_rules WHERE rule_id = ?"),
    about("SELECT customer_id AS customer, used FROM rule_customers WHERE rule_id = ?"),
  ]);
  const counts = (customers?.results ?? []).map(({ customer, used }) => [customer, used] as const);
  return { all: rules?.results[0]?.used ?? null, customers: Object.fromEntries(counts) };
}

/** The number of orders with a promo code that are neither cancelled nor expired. */
export async function ordersUsing(code: string): Promise<number> {
  const found = env.DB.prepare(
    "SELECT count(*) AS orders FROM orders WHERE promo_code = ? AND status NOT IN ('CANCELLED', 'EXPIRED')",
  );
  return (await found.bind(code).first<number>("orders")) ?? 0;
}

/** Sets the tax rate of a country, or of a category in it. */
export async function setTaxRate(country: string, category: string, rateBps: number): Promise<void> {
  await env.DB.prepare("INSERT OR REPLACE INTO tax_rates (country, category, rate_bps) VALUES (?, ?, ?)")
    .bind(country, category, rateBps)
    .run();
  await bumpVersion();
}
