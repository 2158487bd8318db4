import { type Minor, shareOf } from "../../rules/money.ts";
import type { PricingRule } from "./pricing-rule.ts";
import type { OpenLine, RuleKind } from "./rule-kind.ts";

/** Discounts every line with enough units. */
export const bulkQuantity: RuleKind = { needs: [["minQuantity"]], isOfCart: false, discountsFor: discountEachLine };

/** Discounts every line from a time on, until a time, or between the two. */
export const seasonalPercentage: RuleKind = {
  needs: [["startAtMs", "endAtMs"]],
  isOfCart: false,
  discountsFor: discountEachLine,
};

/** Discounts every line of a customer of one tier. */
export const userTierPercentage: RuleKind = { needs: [["userTier"]], isOfCart: false, discountsFor: discountEachLine };

/** Discounts every line that names the promo code. */
export const promoCodePercentage: RuleKind = { needs: [["promoCode"]], isOfCart: false, discountsFor: discountEachLine };

/** A percentage of each line, or an amount off each line once. */
export function discountEachLine({ discountType, discountValue }: PricingRule, lines: readonly OpenLine[]): Minor[] {
  return lines.map(({ beforeMinor }) => (discountType === "percent" ? shareOf(beforeMinor, discountValue) : discountValue));
}
