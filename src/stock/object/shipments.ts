import type { Shipment } from "../rules/messages.ts";
import { endHold } from "./holds.ts";
import type { StockStore } from "./stock-store.ts";

// What becomes of sold units. Each decision is synchronous and runs inside one storage transaction.

/**
 * Takes the units of a shipment off the shelf, once per shipment (O9). Where the commit of the hold was lost, it is done first. Units
 * that a release before 0.4.0 sold are off the shelf already.
 * @returns whether anything moved
 * @throws Error where fewer units are allocated to the hold, which rolls the transaction back
 */
export function shipUnits(store: StockStore, { holdId, shipmentId, lines, actor }: Shipment, nowMs: number): boolean {
  if (store.movementsOf(shipmentId, "ship").length > 0) return false;
  const hasCommitted = endHold(store, holdId, "allocate", nowMs);
  if (store.movementsOf(holdId, "sale").length > 0) return hasCommitted;
  const cause = { kind: "ship", referenceType: "shipment", referenceId: shipmentId, actor, atMs: nowMs } as const;
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
  if (store.movementsOf(holdId, "restock").length > 0) return false;
  const sales = store.movementsOf(holdId, "sale");
  for (const sale of sales) store.mustRecord(sale, -sale.deltaOnHand, { ...cause, kind: "restock" });
  return sales.length > 0;
}
