import type { Allocation } from "../rules/allocate.ts";
import { available } from "../rules/levels.ts";
import type { Cancellation, Shipment } from "../rules/messages.ts";
import type { Fill } from "../rules/shortage-messages.ts";
import { endHold, isSamePlace } from "./holds.ts";
import { REFUSAL_RETENTION_MS } from "./refusals.ts";
import type { HoldRow, StockStore } from "./stock-store.ts";

// What becomes of sold units. Each decision is synchronous and runs inside one storage transaction.

/**
 * Takes the units of a shipment off the shelf, once per shipment (O9). Where the commit of the hold was lost, it is done first. Units
 * that a release before 0.4.0 sold are off the shelf already.
 * @returns whether anything moved
 * @throws Error where fewer units are allocated to the hold, which rolls the transaction back
 */
export function shipUnits(store: StockStore, { holdId, shipmentId, lines, actor }: Shipment, nowMs: number): boolean {
  const referenceId = `${holdId}/${shipmentId}`;
  if (store.movements.of(referenceId, "ship").length > 0) return false;
  const hasCommitted = endHold(store, holdId, "allocate", nowMs);
  if (store.movements.of(holdId, "sale").length > 0) return hasCommitted;
  const cause = { kind: "ship", referenceType: "shipment", referenceId, actor, atMs: nowMs } as const;
  for (const line of lines) {
    store.allocations.take({ ...line, holdId });
    store.mustRecord(line, line.quantity, cause);
  }
  return hasCommitted || lines.length > 0;
}

/**
 * Ends a hold in any state, once (O5): frees its reserved units, deallocates those that have not left, and puts those back that a
 * release before 0.4.0 sold.
 * @returns whether anything moved
 */
export function cancelHold(store: StockStore, holdId: string, nowMs: number): boolean {
  if (endHold(store, holdId, "release", nowMs)) return true;
  const cause = { referenceType: "hold", referenceId: holdId, actor: "order", atMs: nowMs } as const;
  const allocated = store.allocations.removeAll(holdId);
  for (const row of allocated) store.mustRecord(row, row.quantity, { ...cause, kind: "deallocate" });
  if (allocated.length > 0) return true;
  if (store.movements.of(holdId, "restock").length > 0) return false;
  const sales = store.movements.of(holdId, "sale");
  for (const sale of sales) {
    const quantity = -sale.deltaOnHand - store.movements.restockedByParts(holdId, sale);
    if (quantity > 0) store.mustRecord(sale, quantity, { ...cause, kind: "restock" });
  }
  return sales.length > 0;
}

/**
 * Frees units of a hold, once per cancellation (O10): from what it still reserves, from what is allocated to it, or from what a release
 * before 0.4.0 sold. A hold that has ended has none.
 * @returns whether anything moved
 * @throws Error where the hold has fewer, which rolls the transaction back
 */
export function cancelUnits(store: StockStore, { holdId, cancellationId, lines, actor }: Cancellation, nowMs: number): boolean {
  const referenceId = `${holdId}/${cancellationId}`;
  if (store.movements.hasMoved(referenceId)) return false;
  const rows = store.holdRows(holdId);
  const isSold = store.movements.of(holdId, "sale").length > 0;
  if (rows.length === 0 && !isSold && !store.allocations.has(holdId)) return false;
  const kind = rows.length > 0 ? "release" : isSold ? "restock" : "deallocate";
  for (const line of lines) {
    if (kind === "release") takeFromRows(store, rows, line);
    if (kind === "deallocate") store.allocations.take({ ...line, holdId });
    store.mustRecord(line, line.quantity, { kind, referenceType: "hold", referenceId, actor, atMs: nowMs });
  }
  return lines.length > 0;
}

/**
 * Allocates units to the hold of an order that is short of them, as many as are free, once per fill: what it answers is stored, because a
 * late repeat must not take what has become free since (O12).
 * @returns what the hold got
 */
export function fillUnits(store: StockStore, { holdId, fillId, lines, actor }: Fill, nowMs: number): Allocation[] {
  const referenceId = `${holdId}/${fillId}`;
  const earlier = store.refusedAdjustment(referenceId);
  if (earlier) return JSON.parse(earlier.answer) as Allocation[];
  // The commit of the hold may have been lost. All units of a hold are reserved, or all of them are sold.
  endHold(store, holdId, "allocate", nowMs);
  const taken = lines.flatMap((line) => {
    const quantity = Math.min(line.quantity, available(store.level(line)));
    return quantity > 0 ? [{ ...line, quantity }] : [];
  });
  for (const line of taken) {
    for (const kind of ["reserve", "allocate"] as const)
      store.mustRecord(line, line.quantity, { kind, referenceType: "hold", referenceId, actor, atMs: nowMs });
    store.allocations.add({ ...line, holdId });
  }
  store.saveRefusal(referenceId, { requestHash: "", answer: JSON.stringify(taken) }, nowMs, nowMs - REFUSAL_RETENTION_MS);
  return taken;
}

function takeFromRows(store: StockStore, rows: readonly HoldRow[], line: Allocation): void {
  const row = rows.find(isSamePlace(line));
  const left = (row?.quantity ?? 0) - line.quantity;
  if (!row || left < 0) throw new Error(`fewer than ${line.quantity} units of ${line.variantId} are reserved by ${row?.holdId}`);
  store.removeHold(row);
  if (left > 0) store.addHold({ ...row, quantity: left });
}
