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
  const limited = lines.flatMap(({ discounts }) => discounts.filter(({ isLimited }) => isLimited));
  return [...new Set(limited.map(({ ruleId }) => ruleId))].flatMap((ruleId) => {
    const rule = rules.find((each) => each.ruleId === ruleId);
    return rule ? [{ ruleId, customerId: rule.usageLimitPerCustomer === null ? null : customerId }] : [];
  });
}
