import { toMajor } from "../rules/money.ts";
import type { Discount, RefusedRule } from "./rules/pricing-rule.ts";
import type { Price } from "./show-price.ts";

/** Shows what a rule took off as `appliedRuleSchema` promises it. @param decimals of the shop's currency */
export function toAppliedJson({ ruleId, name, amountMinor }: Discount, decimals: number) {
  return { rule_id: ruleId, name, amount: toMajor(amountMinor, decimals) };
}

/** Shows a refused rule as `refusedRuleSchema` promises it. */
export function toRefusedJson({ ruleId, reason }: RefusedRule) {
  return { rule_id: ruleId, reason };
}

/** Shows a price as `priceSchema` promises it. */
export function toPriceJson(price: Price, { currency, currencyDecimals }: { currency: string; currencyDecimals: number }) {
  return {
    product_id: price.productId,
    variant_id: price.variantId,
    base_price: toMajor(price.basePriceMinor, currencyDecimals),
    quantity: price.quantity,
    total_before_discount: toMajor(price.beforeMinor, currencyDecimals),
    total_discount: toMajor(price.discountMinor, currencyDecimals),
    total_after_discount: toMajor(price.afterMinor, currencyDecimals),
    final_unit_price: toMajor(price.finalUnitPriceMinor, currencyDecimals),
    currency,
    applied_rules: price.discounts.map((discount) => toAppliedJson(discount, currencyDecimals)),
    refused_rules: price.refused.map(toRefusedJson),
  };
}
