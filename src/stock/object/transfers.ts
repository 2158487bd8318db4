import { required } from "./holds.ts";
import { available } from "../rules/levels.ts";
import type { Arrival, Dispatch, DispatchAnswer } from "../rules/messages.ts";
import type { StockStore } from "./stock-store.ts";

// Units that come to a product's warehouses or leave them by the word of D1: returns and transfers. As in the ledger, each decision
// is synchronous, inside one storage transaction, and once per reference.

/** O6. Brings units in, each place once per reference. @returns whether any came */
export function receiveUnits(store: StockStore, { lines, kind, referenceId, reason, actor }: Arrival, nowMs: number): boolean {
  if (store.movementsOf(referenceId, kind).length > 0) return false;
  const referenceType = kind === "return" ? "return" : "transfer";
  for (const line of lines) {
    required(store.record(line, line.quantity, { kind, referenceType, referenceId, reason, actor, atMs: nowMs }));
  }
  return lines.length > 0;
}

/** Lets the units of a transfer out, all lines or none, once; never after its time, nor after it was taken back. */
export function dispatchUnits(store: StockStore, dispatch: Dispatch, nowMs: number): DispatchAnswer & { moved: boolean } {
  const { transferId: referenceId, warehouseId, reason, actor, externalReference } = dispatch;
  if (store.hasTransferEnded(referenceId)) return { outcome: "ended", moved: false };
  if (store.movementsOf(referenceId, "transfer_out").length > 0) return { outcome: "dispatched", moved: false };
  if (nowMs > dispatch.byMs) return { outcome: "ended", moved: false };
  const levels = dispatch.lines.map((line) => ({ ...line, level: store.level({ ...line, warehouseId }) }));
  const short = levels.filter(({ quantity, level }) => available(level) < quantity);
  if (short.length > 0) {
    const lines = short.map(({ variantId, quantity, level }) => ({
      variantId,
      quantity,
      free: available(level),
      onHand: level.onHand,
    }));
    return { outcome: "units_reserved", lines, moved: false };
  }
  const cause = { kind: "transfer_out", referenceType: "transfer", referenceId, reason, actor, externalReference } as const;
  for (const line of dispatch.lines) required(store.record({ ...line, warehouseId }, line.quantity, { ...cause, atMs: nowMs }));
  return { outcome: "dispatched", moved: true };
}

/**
 * Takes back what a transfer let out, once: D1 has refused it. Where nothing had left, nothing of it leaves any more, however late
 * its dispatch arrives. @returns whether anything came back
 */
export function takeBackTransfer(store: StockStore, transferId: string, nowMs: number): boolean {
  store.markTransferEnded(transferId);
  const out = store.movementsOf(transferId, "transfer_out");
  const lines = out.map(({ variantId, warehouseId, deltaOnHand }) => ({ variantId, warehouseId, quantity: -deltaOnHand }));
  const reason = "Transfer refused";
  return receiveUnits(store, { kind: "transfer_in", referenceId: `${transferId}/back`, lines, reason, actor: "system" }, nowMs);
}
