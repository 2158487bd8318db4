import { toMajor } from "../../rules/money.ts";
import type { Discount, RefusedRule } from "./pricing-rule.ts";

/** Shows what a rule took off as `appliedRuleSchema` promises it. @param decimals of the shop's currency */
export function toAppliedJson({ ruleId, name, amountMinor }: Discount, decimals: number) {
  return { rule_id: ruleId, name, amount: toMajor(amountMinor, decimals) };
}

/** Shows a refused rule as `refusedRuleSchema` promises it. */
export function toRefusedJson({ ruleId, reason }: RefusedRule) {
  return { rule_id: ruleId, reason };
}
