import type { CartStore } from "./cart-store.ts";
import { required } from "./holds.ts";
import type { Allocation } from "../rules/allocate.ts";
import { type CartStock, decideCartEdit } from "../rules/allocate-cart.ts";
import type { CartAnswer, CartEdit, HeldUnits } from "../rules/cart-messages.ts";
import type { Cause, HoldRow, StockStore } from "./stock-store.ts";

// The decisions of a product's object about edits of carts (PROTOCOL 3), as `ledger` has those about orders: each synchronous, inside one
// storage transaction.

/** What an object knows of holds, levels and carts. */
export interface Stores {
  store: StockStore;
  carts: CartStore;
}

/** A decision's answer, and whether it changed what others could have. */
export interface Decision<A> {
  answer: A;
  changed: boolean;
}

/**
 * K0, K6. Sets what a cart has of some variants; an edit that is older than the last one seen of a variant says nothing of it any more.
 * Where a checkout has the cart's units the edit is over for good: D1 undoes it, and no late attempt of it may act after that.
 */
export function setCart(shelf: Stores, edit: CartEdit, mayTake: boolean, nowMs: number): Decision<CartAnswer> {
  const { store, carts } = shelf;
  const { cartId, editNo } = edit;
  const news = edit.lines.filter(({ variantId }) => carts.lastEdit(cartId, variantId) < editNo);
  if (store.checkoutRows(cartId).length > 0) {
    for (const { variantId } of news) carts.recordEdit(cartId, variantId, editNo);
    return { answer: { outcome: "checking_out", isNew: news.length === edit.lines.length }, changed: false };
  }
  const own = rowsForLines(store.holdRows(cartId), news);
  const decision = decideCartEdit(edit, news, cartStockFor(store, news, own, mayTake));
  if ("short" in decision) return { answer: { outcome: "short", lines: decision.short }, changed: false };
  if ("tooMany" in decision) return { answer: { outcome: "too_many", lines: decision.tooMany }, changed: false };
  const reference = `${cartId}/${editNo}`;
  const changed = moveUnits(store, own, decision.allocations, { reserve: reference, release: reference, type: "cart" }, nowMs);
  for (const row of own) store.removeHold(row);
  for (const allocation of decision.allocations) {
    // An edit may come after an extension that counted on it: what the cart was told to have, it has as long as it was told.
    const expiresAtMs = Math.max(edit.untilMs, cartExpiryMs(own, allocation.variantId) ?? 0);
    store.addHold({ ...allocation, holdId: cartId, purpose: "cart", expiresAtMs, cartExpiresAtMs: null });
  }
  for (const { variantId } of news) carts.recordEdit(cartId, variantId, editNo);
  const levels = store.levelsOf(edit.lines.map(({ variantId }) => variantId));
  return { answer: { outcome: "set", held: heldUnits(rowsForLines(store.holdRows(cartId), edit.lines)), levels }, changed };
}

/** Puts off the lapse of all that a cart has here; never brings it forward. @returns what the cart has */
export function extendCart({ store, carts }: Stores, cartId: string, untilMs: number): HeldUnits[] {
  carts.extendUntil(cartId, untilMs);
  return heldUnits(store.holdRows(cartId));
}

/** O7. Gives back what carts held longer than they may: only they lapse by time alone. @returns whether any did */
export function expireCarts({ store, carts }: Stores, nowMs: number): boolean {
  const rows = store.expiredCartRows(nowMs);
  for (const row of rows) {
    required(store.record(row, row.quantity, expiryCause(carts, row.holdId, row.variantId, nowMs)));
    store.removeHold(row);
  }
  return rows.length > 0;
}

/** A lapse refers to the edit that made the cart's row, because a cart's id is used again (PROTOCOL K0). */
export function expiryCause(carts: CartStore, cartId: string, variantId: string, atMs: number): Cause {
  const referenceId = `${cartId}/${carts.lastEdit(cartId, variantId)}`;
  return { kind: "expire", referenceType: "cart", referenceId, actor: "time", atMs };
}

export function cartStockFor(
  store: StockStore,
  lines: readonly { variantId: string }[],
  own: readonly Allocation[],
  mayTake: boolean,
): CartStock {
  const levels = store.levelsOf(lines.map(({ variantId }) => variantId));
  return { levels, own: sumByPlace(own), tentativeRows: () => store.tentativeRows(), mayTake };
}

/** Which references the ledger has for what a change reserves and releases; each is used once for a place (PROTOCOL O8). */
interface References {
  reserve: string;
  release: string;
  type: "cart" | "hold";
}

/** Reserves and releases what differs between two lists of units, place by place. @returns whether anything was released */
export function moveUnits(
  store: StockStore,
  before: readonly Allocation[],
  after: readonly Allocation[],
  causes: References,
  nowMs: number,
): boolean {
  const given = before.map((row) => ({ ...row, quantity: -row.quantity }));
  const changes = sumByPlace([...given, ...after]).filter(({ quantity }) => quantity !== 0);
  for (const change of changes) {
    const kind = change.quantity > 0 ? "reserve" : "release";
    const cause = { kind, referenceType: causes.type, referenceId: causes[kind], actor: "order", atMs: nowMs } as const;
    required(store.record(change, Math.abs(change.quantity), cause));
  }
  return changes.some(({ quantity }) => quantity < 0);
}

/**
 * When the cart's own reservation of a variant ends; null where it had none. A dead checkout's rows remember it, but not that what they
 * left in the cart was put off since.
 */
export function cartExpiryMs(own: readonly HoldRow[], variantId: string): number | null {
  const times = own
    .filter((row) => row.variantId === variantId)
    .map((row) => (row.purpose === "cart" ? row.expiresAtMs : row.cartExpiresAtMs))
    .filter((atMs) => atMs !== null);
  return times.length > 0 ? Math.max(...times) : null;
}

export function rowsForLines(rows: readonly HoldRow[], lines: readonly { variantId: string }[]): HoldRow[] {
  return rows.filter(({ variantId }) => lines.some((line) => line.variantId === variantId));
}

function heldUnits(rows: readonly HoldRow[]): HeldUnits[] {
  return [...Map.groupBy(rows, ({ variantId }) => variantId)].map(([variantId, own]) => ({
    variantId,
    quantity: own.reduce((units, { quantity }) => units + quantity, 0),
    untilMs: Math.min(...own.map(({ expiresAtMs }) => expiresAtMs)),
  }));
}

/** Sums units, each place once: a cart may have some under its own name and some that a dead checkout left. */
function sumByPlace(rows: readonly Allocation[]): Allocation[] {
  const places = Map.groupBy(rows, ({ variantId, warehouseId }) => `${variantId}\u0000${warehouseId}`);
  return [...places.values()].flatMap((same) => {
    const [first] = same;
    const quantity = same.reduce((units, row) => units + row.quantity, 0);
    return first ? [{ variantId: first.variantId, warehouseId: first.warehouseId, quantity }] : [];
  });
}
