import type { PricedLine, PricingFacts } from "./pricing-rule.ts";

/** One use of a limited rule by an order; by which customer, where the rule is limited for each. */
export interface CountedUse {
  ruleId: string;
  customerId: string | null;
}

/** What an order uses of limited rules that are active: each once, however many lines it is about. */
export function usesOf(
  lines: readonly PricedLine[],
  { rules, customerId }: Pick<PricingFacts, "rules" | "customerId">,
): CountedUse[] {
  const ruleIds = new Set(lines.flatMap(({ discounts }) => discounts.map(({ ruleId }) => ruleId)));
  // What a cart has kept of a rule may be older than its limit.
  const limited = rules.filter((rule) => rule.usageLimit !== null || rule.usageLimitPerCustomer !== null);
  return [...ruleIds].flatMap((ruleId) => {
    const rule = limited.find((each) => each.ruleId === ruleId);
    return rule ? [{ ruleId, customerId: rule.usageLimitPerCustomer === null ? null : customerId }] : [];
  });
}
