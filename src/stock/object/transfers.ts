import { shelfUnits } from "./refusals.ts";
import { available } from "../rules/levels.ts";
import type { Arrival, Dispatch, DispatchAnswer } from "../rules/messages.ts";
import type { StockStore } from "./stock-store.ts";

// Returns and transfers, which D1 decides. Each is synchronous, runs inside one storage transaction, and is applied once per reference.

/** Receives units of a return or a transfer, once per reference (O6). @returns whether anything moved */
export function receiveUnits(store: StockStore, { lines, kind, referenceId, reason, actor }: Arrival, nowMs: number): boolean {
  // A Worker before 0.4.0 brings in every pending action that has a cause.
  if (kind !== "return" && kind !== "transfer_in") throw new Error(`units do not arrive by ${String(kind)}`);
  if (store.movements.of(referenceId, kind).length > 0) return false;
  const referenceType = kind === "return" ? "return" : "transfer";
  for (const line of lines) {
    store.mustRecord(line, line.quantity, { kind, referenceType, referenceId, reason, actor, atMs: nowMs });
  }
  return lines.length > 0;
}

/** Dispatches the units of a transfer, all lines or none, once; never after its deadline or after it was taken back. */
export function dispatchUnits(store: StockStore, dispatch: Dispatch, nowMs: number): DispatchAnswer & { moved: boolean } {
  const { transferId: referenceId, warehouseId, reason, actor, externalReference } = dispatch;
  if (store.hasTransferEnded(referenceId)) return { outcome: "ended", moved: false };
  if (store.movements.of(referenceId, "transfer_out").length > 0) return { outcome: "dispatched", moved: false };
  if (nowMs > dispatch.byMs) return { outcome: "ended", moved: false };
  const levels = dispatch.lines.map((line) => ({ ...line, level: store.level({ ...line, warehouseId }) }));
  const short = levels.filter(({ quantity, level }) => available(level) < quantity);
  if (short.length > 0) {
    const lines = short.map(({ variantId, quantity, level }) => ({ variantId, quantity, ...shelfUnits(level) }));
    return { outcome: "units_reserved", lines, moved: false };
  }
  const cause = { kind: "transfer_out", referenceType: "transfer", referenceId, reason, actor, externalReference } as const;
  for (const line of dispatch.lines) store.mustRecord({ ...line, warehouseId }, line.quantity, { ...cause, atMs: nowMs });
  return { outcome: "dispatched", moved: true };
}

/**
 * Returns the units of a transfer that D1 refused, once. If it was not dispatched here yet, a late dispatch is refused.
 * @returns whether anything moved
 */
export function takeBackTransfer(store: StockStore, transferId: string, nowMs: number): boolean {
  store.markTransferEnded(transferId);
  const dispatched = store.movements.of(transferId, "transfer_out");
  const lines = dispatched.map(({ variantId, warehouseId, deltaOnHand }) => ({ variantId, warehouseId, quantity: -deltaOnHand }));
  const reason = "Transfer refused";
  return receiveUnits(store, { kind: "transfer_in", referenceId: `${transferId}/back`, lines, reason, actor: "system" }, nowMs);
}
