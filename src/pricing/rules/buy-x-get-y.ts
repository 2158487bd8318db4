import { type Minor, quotient, shareOf } from "../../rules/money.ts";
import type { PricingRule } from "./pricing-rule.ts";
import type { OpenLine, RuleKind } from "./rule-kind.ts";

/**
 * Discounts the free units of each full group of bought and free units in a line: a percentage of their price, rounded once per line, or an
 * amount per group.
 */
export const buyXGetY: RuleKind = {
  needs: [["buyQuantity"], ["getQuantity"]],
  isOfCart: false,
  discountsFor: discountFullGroups,
};

function discountFullGroups(rule: PricingRule, lines: readonly OpenLine[]): Minor[] {
  const [buy, get] = [rule.buyQuantity ?? 0, rule.getQuantity ?? 0];
  if (buy + get === 0) return lines.map(() => 0);
  return lines.map(({ quantity, beforeMinor }) => {
    const groups = Math.floor(quantity / (buy + get));
    const freeMinor = quotient(BigInt(beforeMinor) * BigInt(get * groups), BigInt(quantity));
    return rule.discountType === "percent" ? shareOf(freeMinor, rule.discountValue) : rule.discountValue * groups;
  });
}
