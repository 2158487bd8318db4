import type { BillTotals } from "../../pricing/rules/bill.ts";
import { toAppliedJson } from "../../pricing/rules/pricing-rule.ts";
import { toMajor } from "../../rules/money.ts";
import type { OrderItem } from "./order.ts";

/** The sums of an order, or of one that could be placed, as they are told. @param decimals digits after the currency's point */
export function toTotalsJson(totals: BillTotals, decimals: number) {
  return {
    subtotal: toMajor(totals.subtotalMinor, decimals),
    discount_total: toMajor(totals.discountMinor, decimals),
    tax_total: toMajor(totals.taxMinor, decimals),
    prices_include_tax: totals.taxIncluded,
    delivery_cost: toMajor(totals.deliveryCostMinor, decimals),
    total: toMajor(totals.totalMinor, decimals),
  };
}

/** A line and its price, as they are told. @param decimals digits after the currency's point */
export function toSoldJson(item: OrderItem, decimals: number) {
  return {
    product_id: item.productId,
    variant_id: item.variantId,
    sku: item.sku,
    name: item.name,
    quantity: item.quantity,
    unit_price: toMajor(item.unitPriceMinor, decimals),
    discount: toMajor(item.discountMinor, decimals),
    applied_rules: item.discounts.map((discount) => toAppliedJson(discount, decimals)),
    line_total: toMajor(item.lineTotalMinor, decimals),
    tax: toMajor(item.taxMinor, decimals),
    tax_rate_bps: item.taxBps,
  };
}
