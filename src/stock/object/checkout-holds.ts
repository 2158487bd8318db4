import {
  cartExpiryMs,
  clientOf,
  type Stores,
  type Decision,
  expireUnits,
  moveUnits,
  rowsForLines,
  cartStockFor,
} from "./cart-holds.ts";
import { isSamePlace, reservedAnswer, TENTATIVE_MS } from "./holds.ts";
import { decideConvert } from "../rules/allocate-cart.ts";
import { type Checkout, checkoutHoldId, type ConvertAnswer } from "../rules/cart-messages.ts";
import { ownerOf } from "../rules/reserve.ts";
import type { HoldRow, StockStore } from "./stock-store.ts";

// Decisions about checkouts of carts (K2, K5). Each is synchronous and runs inside one storage transaction.

/**
 * Moves a cart's units into the hold of a checkout, in one step in which nobody else could take them (K2). Units left by abandoned
 * checkouts of the cart are included; units in warehouses that may not supply the address are exchanged; if any line is short, nothing
 * moves. Units beyond the quote stay the cart's, because a later edit, unknown to this checkout, may have reserved them.
 */
export function convertCart(stores: Stores, checkout: Checkout, mayTake: boolean, nowMs: number): Decision<ConvertAnswer> {
  const { store, carts } = stores;
  const { cartId, generation } = checkout;
  const holdId = checkoutHoldId(checkout);
  const held = store.holdRows(holdId);
  if (held.length > 0) return { answer: convertedAnswer(store, held), changed: false };
  if (carts.lastGeneration(cartId) >= generation) return { answer: { outcome: "ended" }, changed: false };
  const own = rowsForLines([...store.holdRows(cartId), ...store.checkoutRows(cartId)], checkout.lines);
  const decision = decideConvert(checkout, cartStockFor(store, checkout, checkout.lines, own, mayTake));
  if ("short" in decision) return { answer: { outcome: "short", lines: decision.short }, changed: false };
  const client = clientOf(checkout, own);
  const rows = decision.allocations.map((allocation): HoldRow => {
    const cartExpiresAtMs = cartExpiryMs(own, allocation.variantId);
    return { ...allocation, holdId, purpose: "placing", expiresAtMs: nowMs + TENTATIVE_MS, cartExpiresAtMs, client };
  });
  const surplus = decision.surplus.flatMap((units): HoldRow[] => {
    const expiresAtMs = cartExpiryMs(own, units.variantId);
    return expiresAtMs === null
      ? []
      : [{ ...units, holdId: cartId, purpose: "cart", expiresAtMs, cartExpiresAtMs: null, client }];
  });
  const after = [...rows, ...surplus];
  const changed = moveUnits(store, own, after, { reserve: holdId, release: `${holdId}/moved`, type: "hold" }, nowMs);
  for (const row of own) store.removeHold(row);
  for (const row of after) store.addHold(row);
  carts.recordGeneration(cartId, generation);
  return { answer: convertedAnswer(store, rows), changed };
}

/**
 * Returns a checkout's units to its cart, with the cart's own expiry time, and adds them to what the cart still holds (K5). Units that the
 * cart did not have before are released; those whose time has ended expire, so that the cart is notified.
 * @returns whether the checkout had any units
 */
export function returnToCart(stores: Stores, holdId: string, nowMs: number): boolean {
  const { store } = stores;
  const cartId = ownerOf(holdId);
  const inCart = store.holdRows(cartId);
  const rows = store.removeHoldRows(holdId);
  for (const row of rows) {
    const untilMs = row.cartExpiresAtMs === null ? null : cartExpiryMs([...inCart, row], row.variantId);
    if (untilMs !== null && untilMs > nowMs) {
      const existing = inCart.find(isSamePlace(row));
      if (existing) store.removeHold(existing);
      const quantity = row.quantity + (existing?.quantity ?? 0);
      store.addHold({ ...row, quantity, holdId: cartId, purpose: "cart", expiresAtMs: untilMs, cartExpiresAtMs: null });
    } else if (untilMs !== null) {
      expireUnits(stores, cartId, row, nowMs);
    } else {
      const cause = { kind: "release", referenceType: "hold", referenceId: holdId, actor: "order", atMs: nowMs } as const;
      store.mustRecord(row, row.quantity, cause);
    }
  }
  return rows.length > 0;
}

function convertedAnswer(store: StockStore, rows: readonly HoldRow[]): ConvertAnswer {
  const fromCart = new Set(rows.filter(({ cartExpiresAtMs }) => cartExpiresAtMs !== null).map(({ variantId }) => variantId));
  const fresh = [...new Set(rows.map(({ variantId }) => variantId))].filter((variantId) => !fromCart.has(variantId));
  return { ...reservedAnswer(store, rows), fresh };
}
