import type { Caller, Deps } from "../deps.ts";
import { invalidField, type Refusal } from "../errors.ts";
import { type PriceBook, pricingQuery } from "../pricing/price-book.ts";
import type { BillTerms } from "../pricing/rules/bill.ts";
import { loseLapsed, markSeen } from "./edit-queries.ts";
import { type CartRef, cartSources, codesOf, findCart, findItems, findLosses } from "./queries.ts";
import {
  type Asking,
  type Cart,
  type CartRow,
  isOpenTo,
  isReserved,
  type KnownItem,
  type Loss,
  lossesOf,
  partLost,
} from "./rules/cart.ts";
import { noCart } from "./refuse.ts";
import type { Terms } from "./rules/reservation.ts";
import { billItems, type CartView, viewOf } from "./rules/view.ts";

/**
 * Everything of a cart and of its prices, for the caller's own batch.
 * @param asked whose uses of limited rules are wanted, where it is not the cart's own account's, and of which codes, where not of its lines' alone
 */
export function cartQueries(deps: Deps, cart: CartRef, asked: Partial<Parameters<typeof pricingQuery>[1]> = {}) {
  const { customerId } = cartSources(cart);
  return {
    row: findCart(cart, deps.config.country),
    items: findItems(cart),
    losses: findLosses(cart),
    book: pricingQuery(deps, { promoCodes: codesOf([cart]), customerId, ...asked }),
  };
}

/** @throws Refusal `not_found`, for a cart that there is not as for somebody else's */
export function openedCart(row: CartRow | undefined, items: KnownItem[], losses: Loss[], caller: Caller): Cart {
  if (!row || !isOpenTo(row, askingOf(caller))) throw noCart();
  return { row, items, losses };
}

function askingOf({ userId, may }: Caller): Asking {
  return { userId: userId ?? null, mayUseAny: may("carts:use_any") };
}

/**
 * Shows a cart, and marks what it tells its shopper of losses as told, before the answer: what they were told is gone is not sold them.
 * @throws Refusal `validation_failed` where it comes to more than can be exact
 */
export async function shownCart(deps: Deps, caller: Caller, cart: Cart, book: PriceBook): Promise<CartView> {
  const view = viewOf(cart, billTerms(deps, cart.row, book));
  if (!view) throw tooMuch();
  const nowMs = deps.nowMs();
  const { row } = cart;
  const { lost } = partLost(cart, nowMs);
  const told = [...cart.losses, ...lossesOf(lost)];
  const isShopper = row.userId === caller.userId || (row.userId === null && !caller.may("carts:use_any"));
  if (row.orderId === null && told.length > 0 && isShopper) {
    await deps.db.batch("shown cart", {
      loseLapsed: lost.length > 0 ? loseLapsed(row.cartId, nowMs) : [],
      markSeen: markSeen(row.cartId, told, nowMs),
    });
  }
  return view;
}

/** What a cart is priced by: for its own account, in its own country. */
function billTerms(deps: Deps, { userId, country }: CartRow, { rules, taxes, uses }: PriceBook): BillTerms {
  const facts = { rules, taxes, uses, customerId: userId, nowMs: deps.nowMs() };
  return { ...facts, country, taxIncluded: deps.config.pricesIncludeTax, deliveryCostMinor: 0 };
}

/** How long carts have units, from now on. */
export function termsNow({ config, nowMs }: Deps): Terms {
  return { nowMs: nowMs(), reservationMs: config.reservationMs, reservationMaxMs: config.reservationMaxMs };
}

/**
 * Prices a cart as it would be: what rules take off a line becomes its snapshot.
 * @throws Refusal `validation_failed` where it comes to more than can be exact
 */
export function pricedItems(deps: Deps, row: CartRow, items: readonly KnownItem[], book: PriceBook): KnownItem[] {
  const terms = billTerms(deps, row, book);
  const bill = billItems(items, (item) => isReserved(item, terms.nowMs), terms);
  if (!bill) throw tooMuch();
  return items.map((item) => {
    const found = bill.lines.find(({ variantId }) => variantId === item.variantId);
    return found ? { ...item, discounts: found.discounts, isClosed: found.isClosed } : item;
  });
}

function tooMuch(): Refusal {
  return invalidField("quantity", "comes to a total that is too large to be exact");
}
