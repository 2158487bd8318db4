import { isoOrNull } from "../http/validate.ts";
import { toAppliedJson, toRefusedJson } from "../pricing/rules/pricing-rule.ts";
import { toMajor } from "../rules/money.ts";
import type { CartJson } from "./cart-contract.ts";
import type { CartChange, CartView, ViewItem } from "./rules/view.ts";

/** The shop's currency. */
interface Currency {
  currency: string;
  currencyDecimals: number;
}

/** Writes a cart as `cartSchema` describes it. */
export function toCartJson(
  { row, items, totals, deliveries, promo, refused, changes }: CartView,
  { currency, currencyDecimals: decimals }: Currency,
): CartJson {
  return {
    cart_id: row.cartId,
    customer_id: row.userId,
    order_id: row.orderId,
    country: row.country,
    postal_code: row.postalCode,
    promo_code: promo?.code ?? null,
    promo_discount: toMajor(promo?.discountMinor ?? 0, decimals),
    promo_refused: promo?.refused ?? null,
    items: items.map((item) => itemJson(item, decimals)),
    totals: {
      subtotal: toMajor(totals.subtotalMinor, decimals),
      discount_total: toMajor(totals.discountMinor, decimals),
      tax_total: toMajor(totals.taxMinor, decimals),
      total: toMajor(totals.totalMinor, decimals),
      currency,
      prices_include_tax: totals.taxIncluded,
    },
    deliveries: deliveries.map(({ method, costMinor, totalMinor }) => ({
      delivery_method: method,
      delivery_cost: toMajor(costMinor, decimals),
      total: toMajor(totalMinor, decimals),
    })),
    refused_rules: refused.map((rule) => ({ ...toRefusedJson(rule), promo_code: rule.promoCode })),
    changes: changes.map((change) => changeJson(change, decimals)),
    created_at: toIso(row.createdAtMs),
    updated_at: toIso(row.updatedAtMs),
  };
}

function itemJson(item: ViewItem, decimals: number): CartJson["items"][number] {
  return {
    item_id: item.variantId,
    product_id: item.productId,
    variant_id: item.variantId,
    sku: item.sku,
    name: item.name,
    quantity: item.quantity,
    unit_price: toMajor(item.unitPriceMinor, decimals),
    discount: toMajor(item.discountMinor, decimals),
    final_price: toMajor(item.afterMinor, decimals),
    applied_rules: item.discounts.map((discount) => toAppliedJson(discount, decimals)),
    promo_code: item.promoCode,
    user_tier: item.tier,
    tax: toMajor(item.taxMinor, decimals),
    tax_rate_bps: item.taxBps,
    is_reserved: item.isReserved,
    reserved_until: item.isReserved ? isoOrNull(item.reservedUntilMs) : null,
  };
}

function changeJson(change: CartChange, decimals: number): CartJson["changes"][number] {
  const { variantId, productId, quantity } = change;
  const item = { item_id: variantId, product_id: productId, quantity };
  if (change.what === "reservation_lost") return { what: change.what, ...item, at: toIso(change.atMs) };
  return { what: change.what, ...item, was: toMajor(change.wasMinor, decimals), now: toMajor(change.nowMinor, decimals) };
}

function toIso(atMs: number): string {
  return new Date(atMs).toISOString();
}
