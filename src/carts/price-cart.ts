import type { Deps } from "../deps.ts";
import { invalidField, type Refusal } from "../errors.ts";
import type { PriceBook } from "../pricing/price-book.ts";
import type { BillTerms } from "../pricing/rules/bill.ts";
import { priceStepOf } from "../rules/payment-methods.ts";
import type { DeliveryMethod } from "../warehouses/rules/delivery.ts";
import { type CartRow, type DetailedItem, isReserved, withCode } from "./rules/cart.ts";
import { billItems } from "./rules/view.ts";

/** What a cart is priced by, and what its delivery costs. */
export interface CartBook extends PriceBook {
  methods: DeliveryMethod[];
}

/** The terms by which a cart is priced: its own account's, in its own country, without delivery. */
export function billTerms(deps: Deps, { userId, country }: CartRow, { rules, taxes, uses }: PriceBook): BillTerms {
  const facts = { rules, taxes, uses, customerId: userId, nowMs: deps.nowMs(), stepMinor: priceStepOf(deps.config) };
  return {
    ...facts,
    country,
    taxIncluded: deps.config.pricesIncludeTax,
    taxDelivery: deps.config.taxDelivery,
    deliveryCostMinor: 0,
  };
}

/**
 * Prices the lines of a cart after an edit: their discounts become the new snapshot, except where a line is still reserved.
 * @throws Refusal `validation_failed` where the total is too large to be exact
 */
export function priceItems(deps: Deps, row: CartRow, items: readonly DetailedItem[], book: PriceBook): DetailedItem[] {
  const terms = billTerms(deps, row, book);
  const bill = billItems(withCode({ row, items }), (item) => isReserved(item, terms.nowMs), terms);
  if (!bill) throw inexactTotal();
  return items.map((item) => {
    const priced = bill.lines.find(({ variantId }) => variantId === item.variantId);
    return priced ? { ...item, discounts: priced.discounts, isClosed: priced.isClosed } : item;
  });
}

export function inexactTotal(): Refusal {
  return invalidField("quantity", "the total would be too large to be exact");
}
