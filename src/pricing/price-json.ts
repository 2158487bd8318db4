import { toMajor } from "../rules/money.ts";
import { toAppliedJson, toRefusedJson } from "./rules/pricing-rule.ts";
import type { Price } from "./show-price.ts";

/** Writes a price as `priceSchema` describes it. */
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
