import type { CartStore } from "./cart-store.ts";
import type { Allocation } from "../rules/allocate.ts";
import { type CartStock, decideCartEdit } from "../rules/allocate-cart.ts";
import type { CartAnswer, CartEdit, HeldUnits } from "../rules/cart-messages.ts";
import type { HoldRow, StockStore } from "./stock-store.ts";

// Decisions about edits of carts (K0 to K6). Each is synchronous and runs inside one storage transaction.

/** The stores that cart decisions need. */
export interface Stores {
  store: StockStore;
  carts: CartStore;
}

/** A decision's answer, and whether waiting requests should be retried and D1 updated within one flush interval. */
export interface Decision<A> {
  answer: A;
  changed: boolean;
}

/**
 * Sets the units that a cart has of some variants; for variants with a newer edit it changes nothing (K0). While a checkout has the
 * cart's units the edit is refused permanently: D1 undoes it, so no late attempt of it may act (K6).
 */
export function setCart(stores: Stores, edit: CartEdit, mayTake: boolean, nowMs: number): Decision<CartAnswer> {
  const { store, carts } = stores;
  const { cartId, editNo } = edit;
  const current = edit.lines.filter(({ variantId }) => carts.lastEdit(cartId, variantId) < editNo);
  if (store.checkoutRows(cartId).length > 0) {
    for (const { variantId } of current) carts.recordEdit(cartId, variantId, editNo);
    return { answer: { outcome: "checking_out", isNew: current.length === edit.lines.length }, changed: false };
  }
  const own = rowsForLines(store.holdRows(cartId), current);
  const decision = decideCartEdit(edit, current, cartStockFor(store, edit, current, own, mayTake));
  if ("short" in decision) return { answer: { outcome: "short", lines: decision.short }, changed: false };
  if ("tooMany" in decision) return { answer: { outcome: "too_many", lines: decision.tooMany }, changed: false };
  const reference = `${cartId}/${editNo}`;
  const changed = moveUnits(store, own, decision.allocations, { reserve: reference, release: reference, type: "cart" }, nowMs);
  for (const row of own) store.removeHold(row);
  const client = clientOf(edit, own);
  for (const allocation of decision.allocations) {
    // An extension may have overtaken this edit: an expiry time that was confirmed to the cart is never shortened.
    const expiresAtMs = Math.max(edit.untilMs, cartExpiryMs(own, allocation.variantId) ?? 0);
    store.addHold({ ...allocation, holdId: cartId, purpose: "cart", expiresAtMs, cartExpiresAtMs: null, client });
  }
  for (const { variantId } of current) carts.recordEdit(cartId, variantId, editNo);
  const levels = store.levelsOf(edit.lines.map(({ variantId }) => variantId));
  return { answer: { outcome: "set", held: heldUnits(rowsForLines(store.holdRows(cartId), edit.lines)), levels }, changed };
}

/** Extends everything that a cart has reserved here; never shortens it. @returns what the cart has */
export function extendCart({ store, carts }: Stores, cartId: string, untilMs: number): HeldUnits[] {
  carts.extendUntil(cartId, untilMs);
  return heldUnits(store.holdRows(cartId));
}

/** Releases expired cart reservations, the only holds that end by time alone (O7). @returns whether there were any */
export function expireCarts(stores: Stores, nowMs: number): boolean {
  const rows = stores.store.expiredCartRows(nowMs);
  for (const row of rows) {
    expireUnits(stores, row.holdId, row, nowMs);
    stores.store.removeHold(row);
  }
  return rows.length > 0;
}

/**
 * Records that units of a cart expired. The reference names the edit that made the cart's row, because a cart keeps its id (K0), and the
 * movement: units that a checkout left or gave back expire under the same edit, and a reference is used once per place.
 */
export function expireUnits({ store, carts }: Stores, cartId: string, units: Allocation, atMs: number): void {
  const referenceId = `${cartId}/${carts.lastEdit(cartId, units.variantId)}/${store.movements.nextSeq()}`;
  store.mustRecord(units, units.quantity, { kind: "expire", referenceType: "cart", referenceId, actor: "time", atMs });
}

export function cartStockFor(
  store: StockStore,
  { cartId, share }: Pick<CartEdit, "cartId" | "share">,
  lines: readonly { variantId: string }[],
  own: readonly Allocation[],
  mayTake: boolean,
): CartStock {
  const levels = store.levelsOf(lines.map(({ variantId }) => variantId));
  const elsewhere = (variantId: string) => (share ? store.heldByClient(share.client, variantId, cartId).elsewhere : 0);
  return { levels, own: sumByPlace(own), tentativeRows: () => store.tentativeRows(), mayTake, elsewhere };
}

/** Whose hold it is: who changes it now; else, as where staff change it, whose it was. */
export function clientOf({ share }: Pick<CartEdit, "share">, own: readonly HoldRow[]): string | null {
  return share?.client ?? own.find(({ client }) => client !== null)?.client ?? null;
}

/** The references under which the ledger records what a change reserves and releases; each is used once per place (O8). */
interface References {
  reserve: string;
  release: string;
  type: "cart" | "hold";
}

/** Reserves and releases the difference between two lists of units, place by place. @returns whether anything was released */
export function moveUnits(
  store: StockStore,
  before: readonly Allocation[],
  after: readonly Allocation[],
  references: References,
  nowMs: number,
): boolean {
  const released = before.map((row) => ({ ...row, quantity: -row.quantity }));
  const changes = sumByPlace([...released, ...after]).filter(({ quantity }) => quantity !== 0);
  for (const change of changes) {
    const kind = change.quantity > 0 ? "reserve" : "release";
    const cause = { kind, referenceType: references.type, referenceId: references[kind], actor: "order", atMs: nowMs } as const;
    store.mustRecord(change, Math.abs(change.quantity), cause);
  }
  return changes.some(({ quantity }) => quantity < 0);
}

/**
 * When the cart's own reservation of a variant ends; null where it has none. The rows of an abandoned checkout hold the time of the
 * checkout; the rows that stayed in the cart may have been extended since, so the latest time counts.
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

/** Sums units per place: a cart may have rows of its own and rows of an abandoned checkout at one place. */
function sumByPlace(rows: readonly Allocation[]): Allocation[] {
  const groups = Map.groupBy(rows, ({ variantId, warehouseId }) => `${variantId}\u0000${warehouseId}`);
  return [...groups.values()].flatMap((same) => {
    const [first] = same;
    const quantity = same.reduce((units, row) => units + row.quantity, 0);
    return first ? [{ variantId: first.variantId, warehouseId: first.warehouseId, quantity }] : [];
  });
}
