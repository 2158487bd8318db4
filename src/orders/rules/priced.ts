import type { Bill, BilledLine, BillTotals } from "../../pricing/rules/bill.ts";
import { toAppliedJson } from "../../pricing/rules/pricing-rule.ts";
import type { LineForSale } from "../../pricing/rules/lines.ts";
import { toMajor } from "../../rules/money.ts";
import type { OrderItem } from "./order.ts";

/** An order that is priced, and nothing more. */
export interface PricedOrder extends Omit<Bill<never>, "lines"> {
  items: OrderItem[];
}

/** A line with the price of its bill. */
export function itemOf(line: LineForSale & BilledLine): OrderItem {
  const { lineNo, productId, variantId, sku, name, quantity, unitPriceMinor } = line;
  const { discountMinor, afterMinor: lineTotalMinor, taxMinor, taxBps, discounts } = line;
  const price = { unitPriceMinor, discountMinor, lineTotalMinor, taxMinor, taxBps, discounts };
  return { lineNo, productId, variantId, sku, name, quantity, cancelled: 0, ...price };
}

/** The JSON of an order's totals. @param decimals digits after the currency's point */
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

/** The JSON of a line and its price. @param decimals digits after the currency's point */
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
