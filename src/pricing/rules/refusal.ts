import type { Minor } from "../../rules/money.ts";
import type { LineToPrice, PricingFacts, PricingRule, RefusalReason } from "./pricing-rule.ts";

/** Whether a rule targets a line's product, variant and category. */
export function targetsLine(rule: PricingRule, line: LineToPrice): boolean {
  return (
    (rule.productId === null || rule.productId === line.productId) &&
    (rule.variantId === null || rule.variantId === line.variantId) &&
    (rule.category === null || rule.category === line.category)
  );
}

/**
 * The first condition of a rule that a line does not meet; `undefined` where it meets all.
 * @param subtotalMinor of all lines, before discounts
 */
export function refusalReason(
  rule: PricingRule,
  line: LineToPrice,
  facts: PricingFacts,
  subtotalMinor: Minor,
): RefusalReason | undefined {
  if (rule.startAtMs !== null && facts.nowMs < rule.startAtMs) return "not_started";
  if (rule.endAtMs !== null && facts.nowMs >= rule.endAtMs) return "ended";
  if (rule.minQuantity !== null && line.quantity < rule.minQuantity) return "quantity_too_small";
  if (rule.maxQuantity !== null && line.quantity > rule.maxQuantity) return "quantity_too_large";
  if (rule.userTier !== null && line.tier !== rule.userTier) return "other_tier";
  if (rule.minSubtotalMinor !== null && subtotalMinor < rule.minSubtotalMinor) return "subtotal_too_small";
  return useLimitReason(rule, facts);
}

/** Why a limited rule has no use left, in total or for this customer; `undefined` where it has. */
export function useLimitReason(
  rule: PricingRule,
  { uses, customerId }: Pick<PricingFacts, "uses" | "customerId">,
): RefusalReason | undefined {
  const { used, usedByCustomer } = uses.get(rule.ruleId) ?? { used: 0, usedByCustomer: 0 };
  if (rule.usageLimit !== null && used >= rule.usageLimit) return "used_up";
  if (rule.usageLimitPerCustomer === null) return undefined;
  if (customerId === null) return "account_needed";
  return usedByCustomer >= rule.usageLimitPerCustomer ? "used_up_by_customer" : undefined;
}
