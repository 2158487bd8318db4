import type { Deps } from "../../deps.ts";
import { Refusal, unresolved } from "../../errors.ts";
import { writeGuarded } from "../../writes/write-guarded.ts";
import type { Plan } from "../../writes/write-once.ts";
import type { Keyed } from "../../writes/rules/keyed.ts";
import { addPendingAction, findPendingActions } from "../client/pending-queries.ts";
import { runPending } from "../client/run-pending.ts";
import { missingOf, type Transfer } from "../rules/transfer.ts";
import { findTransfer, recallUnreceived } from "./queries.ts";

/** The units that come back, and those of receipts that are not on hand yet; the sweep books the rest. */
const MAX_PENDING = 10;

/** The column that `recallUnreceived` sets to NULL where a receipt or another recall came first. */
const GUARD = "transfers.status";

export interface Recalled {
  transfer: Transfer;
  /** Whether the units are on hand already; if not, the sweep books them within minutes. */
  isBooked: boolean;
  replayed: boolean;
}

/**
 * Recalls a transfer: what was not received is on hand again where it came from. D1 closes the transfer, so that nothing more is received
 * of it; then the objects book the units, before the answer or by the sweep.
 * @throws Refusal `not_found`, `transfer_not_open`; `idempotency_key_reused`; `unresolved`
 */
export async function recallTransfer(
  deps: Deps,
  keyed: Keyed | undefined,
  transferId: string,
  reason: string | null,
): Promise<Recalled> {
  const { replayed } = await writeGuarded(deps, keyed, GUARD, () => plan(deps, transferId, reason));
  const { transfer, pending } = await deps.db
    .batch("read recall", { transfer: findTransfer(transferId), pending: findPendingActions(MAX_PENDING, transferId) })
    .catch((error: unknown) => {
      const detail = "The transfer is recalled; it is not known whether its units are on hand.";
      throw unresolved(detail, keyed ? "same_key" : "look_first", error);
    });
  if (!transfer) throw notFound();
  const done = await runPending(deps, pending).catch(() => 0);
  return { transfer, isBooked: done === pending.length, replayed };
}

async function plan(deps: Deps, transferId: string, reason: string | null): Promise<Plan<{ transferId: string }>> {
  const { transfer } = await deps.db.batch("read transfer", { transfer: findTransfer(transferId) });
  if (!transfer) throw notFound();
  const { status, fromWarehouseId: warehouseId, items } = transfer;
  if (status !== "in_transit") {
    const detail = `A transfer with the status ${status} cannot be recalled.`;
    throw new Refusal("transfer_not_open", detail, { members: { status_now: status } });
  }
  const lines = items
    .map((item) => ({ productId: item.productId, variantId: item.variantId, warehouseId, quantity: missingOf(item) }))
    .filter(({ quantity }) => quantity > 0);
  const nowMs = deps.nowMs();
  const booking = {
    actionId: `recall:${transferId}`,
    orderId: transferId,
    holdId: `${transferId}/recall`,
    // A receipt at the other end: releases before 0.4.0 carry it out too.
    kind: "transfer_in" as const,
    lines,
    cause: { actor: deps.by.actor, reason: reason ?? "Transfer recalled" },
  };
  const change = { action: "transfer.recall", recordType: "transfer", recordId: transferId, after: { lines, reason } };
  return {
    queries: [recallUnreceived(transfer, nowMs), addPendingAction(booking, nowMs)],
    changes: [change],
    answer: { transferId },
    status: 200,
  };
}

function notFound(): Refusal {
  return new Refusal("not_found", "There is no such transfer.");
}
