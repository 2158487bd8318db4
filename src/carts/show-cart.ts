import type { Caller, Deps } from "../deps.ts";
import { inOne, type Query } from "../db/client.ts";
import { pricingQuery } from "../pricing/price-book.ts";
import { deliveryMethodsValue } from "../warehouses/queries.ts";
import { deleteExpiredItems, markSeen } from "./loss-queries.ts";
import { billTerms, type CartBook, inexactTotal } from "./price-cart.ts";
import { type CartRef, cartSources, codesOf, findCart, findItems, findLosses } from "./queries.ts";
import { cartNotFound } from "./refusals.ts";
import { type Cart, type CartRow, type DetailedItem, type Loss, lossesOf, mayAccess, splitExpired } from "./rules/cart.ts";
import { type CartView, viewCart } from "./rules/view.ts";

/**
 * Shows a cart in one hop, with what changed since its shopper last saw it.
 * @throws Refusal `not_found`
 */
export async function showCart(deps: Deps, caller: Caller, cartId: string): Promise<CartView> {
  const { row, items, losses, book } = await deps.db.batch("show cart", cartQueries(deps, cartId));
  return presentCart(deps, caller, requireCart(row, items, losses, caller), book);
}

/**
 * Reads a cart and its prices, as a part of the caller's batch.
 * @param usesOf overrides whose uses of limited rules are read, and for which codes; default: the cart's account, and its lines' codes
 */
export function cartQueries(deps: Deps, cart: CartRef, usesOf: Partial<Parameters<typeof pricingQuery>[1]> = {}) {
  const { customerId } = cartSources(cart);
  const prices = inOne({
    methods: deliveryMethodsValue(),
    book: pricingQuery(deps, { promoCodes: codesOf([cart]), customerId, ...usesOf }),
  });
  const book: Query<CartBook> = {
    statement: prices.statement,
    read: (result) => {
      const { book: priceBook, methods } = prices.read(result);
      return { ...priceBook, methods };
    },
  };
  return {
    row: findCart(cart, deps.config.country),
    items: findItems(cart),
    losses: findLosses(cart),
    book,
  };
}

/** @throws Refusal `not_found`, for a cart that does not exist and for somebody else's alike */
export function requireCart(row: CartRow | undefined, items: DetailedItem[], losses: Loss[], caller: Caller): Cart {
  const accessor = { userId: caller.userId ?? null, mayUseAny: caller.may("carts:use_any") };
  if (!row || !mayAccess(row, accessor)) throw cartNotFound();
  return { row, items, losses };
}

/**
 * Builds the view of a cart. If it reports losses to the shopper, D1 first deletes the lost lines and marks the losses as seen, so that a
 * checkout never sells a line that was shown as lost.
 * @throws Refusal `validation_failed` where the total is too large to be exact
 */
export async function presentCart(deps: Deps, caller: Caller, cart: Cart, book: CartBook): Promise<CartView> {
  const { row } = cart;
  const view = viewCart(cart, billTerms(deps, row, book), book.methods);
  if (!view) throw inexactTotal();
  const nowMs = deps.nowMs();
  const { expired } = splitExpired(cart, nowMs);
  const unseen = [...cart.losses, ...lossesOf(expired)];
  const isShopper = row.userId === caller.userId || (row.userId === null && !caller.may("carts:use_any"));
  if (row.orderId === null && unseen.length > 0 && isShopper) {
    await deps.db.batch("mark losses seen", {
      expired: expired.length > 0 ? deleteExpiredItems(row.cartId, nowMs) : [],
      seen: markSeen(row.cartId, unseen, nowMs),
    });
  }
  return view;
}
