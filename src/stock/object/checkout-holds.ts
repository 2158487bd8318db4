import { cartExpiryMs, type Stores, type Decision, expiryCause, moveUnits, rowsForLines, cartStockFor } from "./cart-holds.ts";
import { required, isSamePlace, reservedAnswer, TENTATIVE_MS } from "./holds.ts";
import { decideConvert } from "../rules/allocate-cart.ts";
import { type Checkout, checkoutHoldId, type ConvertAnswer } from "../rules/cart-messages.ts";
import { ownerOf } from "../rules/reserve.ts";
import type { HoldRow, StockStore } from "./stock-store.ts";

// The decisions of a product's object about checkouts of carts (PROTOCOL 3), as `cart-ledger` has those about their edits.

/**
 * K2. Makes a cart's units an order's that is being placed, in one step in which nobody else could take them. What dead checkouts of the
 * cart left comes along; units that the address forbids are changed for others; if that is short nothing moves. What is more than quoted
 * stays the cart's until an order ends it: a later edit may have reserved it, and the checkout that does not know of that edit fails.
 */
export function convertCart(shelf: Stores, checkout: Checkout, mayTake: boolean, nowMs: number): Decision<ConvertAnswer> {
  const { store, carts } = shelf;
  const { cartId, generation } = checkout;
  const holdId = checkoutHoldId(checkout);
  const held = store.holdRows(holdId);
  if (held.length > 0) return { answer: convertedAnswer(store, held), changed: false };
  if (carts.lastGeneration(cartId) >= generation) return { answer: { outcome: "ended" }, changed: false };
  const own = rowsForLines([...store.holdRows(cartId), ...store.checkoutRows(cartId)], checkout.lines);
  const decision = decideConvert(checkout, cartStockFor(store, checkout.lines, own, mayTake));
  if ("short" in decision) return { answer: { outcome: "short", lines: decision.short }, changed: false };
  const rows = decision.allocations.map((allocation): HoldRow => {
    const cartExpiresAtMs = cartExpiryMs(own, allocation.variantId);
    return { ...allocation, holdId, purpose: "placing", expiresAtMs: nowMs + TENTATIVE_MS, cartExpiresAtMs };
  });
  const surplus = decision.surplus.flatMap((units): HoldRow[] => {
    const expiresAtMs = cartExpiryMs(own, units.variantId);
    return expiresAtMs === null ? [] : [{ ...units, holdId: cartId, purpose: "cart", expiresAtMs, cartExpiresAtMs: null }];
  });
  const after = [...rows, ...surplus];
  const changed = moveUnits(store, own, after, { reserve: holdId, release: `${holdId}/moved`, type: "hold" }, nowMs);
  for (const row of own) store.removeHold(row);
  for (const row of after) store.addHold(row);
  carts.recordGeneration(cartId, generation);
  return { answer: convertedAnswer(store, rows), changed };
}

/**
 * K5. Gives a checkout's units back to its cart, beside those that it left there, with the time that they have; what the cart had not is
 * free. What is out of its time lapses, so that the cart hears of it.
 * @returns whether it had any
 */
export function returnToCart({ store, carts }: Stores, holdId: string, nowMs: number): boolean {
  const cartId = ownerOf(holdId);
  const inCart = store.holdRows(cartId);
  const rows = store.removeHoldRows(holdId);
  for (const row of rows) {
    const untilMs = row.cartExpiresAtMs === null ? null : cartExpiryMs([...inCart, row], row.variantId);
    if (untilMs !== null && untilMs > nowMs) {
      const there = inCart.find(isSamePlace(row));
      if (there) store.removeHold(there);
      const quantity = row.quantity + (there?.quantity ?? 0);
      store.addHold({ ...row, quantity, holdId: cartId, purpose: "cart", expiresAtMs: untilMs, cartExpiresAtMs: null });
    } else if (untilMs !== null) {
      // What the checkout left in the cart has lapsed by itself: of an edit's units each part refers to what had it.
      const cause = expiryCause(carts, cartId, row.variantId, nowMs);
      required(store.record(row, row.quantity, { ...cause, referenceId: `${cause.referenceId}/${holdId}` }));
    } else {
      const cause = { kind: "release", referenceType: "hold", referenceId: holdId, actor: "order", atMs: nowMs } as const;
      required(store.record(row, row.quantity, cause));
    }
  }
  return rows.length > 0;
}

function convertedAnswer(store: StockStore, rows: readonly HoldRow[]): ConvertAnswer {
  const stale = new Set(rows.filter(({ cartExpiresAtMs }) => cartExpiresAtMs !== null).map(({ variantId }) => variantId));
  const fresh = [...new Set(rows.map(({ variantId }) => variantId))].filter((variantId) => !stale.has(variantId));
  return { ...reservedAnswer(store, rows), fresh };
}
