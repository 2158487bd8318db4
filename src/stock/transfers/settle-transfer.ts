import type { Deps } from "../../deps.ts";
import { unresolved } from "../../errors.ts";
import { runPending } from "../client/run-pending.ts";
import { findPendingActions } from "../client/pending-queries.ts";
import type { DispatchAnswer } from "../rules/messages.ts";
import { decideTransfer, type Transfer } from "../rules/transfer.ts";
import { findTransfer, findUnsettled, postponeTransfers, recordDecision } from "./queries.ts";

/** A refused transfer has one pending action: to return the units that left. */
const MAX_PENDING = 1;
/** The most transfers that one run of the sweep settles; each calls up to 100 objects. */
const MAX_TRANSFERS = 10;
/** How long after its deadline the Worker that sent a transfer may still be settling it. */
const GRACE_MS = 5_000;

/**
 * Has the objects dispatch the units of a transfer, all at once, and records in D1 whether it is in transit or refused. Safe to call
 * again at any time, also concurrently: objects dispatch once and only until `dispatchByMs`, and the first decision in D1 stands.
 * @param advice what the client should do if nothing is decided
 * @returns the transfer as D1 has it after the decision: `in_transit`, `refused` or later
 * @throws Refusal `unresolved`; the sweep settles the transfer after its deadline
 */
export async function settleTransfer(deps: Deps, transfer: Transfer, advice: "same_key" | "look_first"): Promise<Transfer> {
  const { transferId } = transfer;
  const undecided = (cause?: unknown) =>
    unresolved(`It is not known yet whether transfer ${transferId} was dispatched.`, advice, cause);
  const decision = decideTransfer(await dispatchEverywhere(deps, transfer));
  if (!decision) throw undecided();
  const { settled = transfer, pending } = await deps.db
    .batch("settle transfer", {
      decide: recordDecision(transferId, decision, deps.nowMs()),
      settled: findTransfer(transferId),
      pending: findPendingActions(MAX_PENDING, transferId),
    })
    .catch((error: unknown) => {
      throw undecided(error);
    });
  // The units of a refused transfer are returned after the answer, or by the sweep if that fails.
  if (settled.status === "refused") deps.defer((background) => runPending(background, pending));
  return settled;
}

/**
 * The sweep's step: settles transfers that a crash left undecided. Their deadline is over, so their objects dispatch nothing any more
 * and answer what has left.
 */
export async function settleOverdueTransfers(deps: Deps): Promise<void> {
  const { transfers } = await deps.db.batch("find overdue transfers", {
    transfers: findUnsettled(deps.nowMs() - GRACE_MS, MAX_TRANSFERS),
  });
  if (transfers.length === 0) return;
  const outcomes = await Promise.allSettled(transfers.map((transfer) => settleTransfer(deps, transfer, "look_first")));
  const open = transfers.filter((_, index) => outcomes[index]?.status === "rejected").map(({ transferId }) => transferId);
  if (open.length > 0) await deps.db.batch("postpone transfers", { postpone: postponeTransfers(open, deps.nowMs()) });
  deps.log("transfers_settled", { found: transfers.length, settled: transfers.length - open.length });
}

async function dispatchEverywhere(deps: Deps, transfer: Transfer): Promise<Map<string, DispatchAnswer | undefined>> {
  const { transferId, fromWarehouseId: warehouseId, dispatchByMs: byMs, reason, actor, reference: externalReference } = transfer;
  const productIds = [...new Set(transfer.items.map(({ productId }) => productId))];
  const calls = productIds.map((productId) => {
    const own = transfer.items.filter((item) => item.productId === productId);
    const lines = own.map(({ variantId, quantity }) => ({ variantId, quantity }));
    return deps
      .stockOf(productId, byMs)
      .dispatch({ transferId, warehouseId, lines, byMs, reason, actor, externalReference, flushFirst: true });
  });
  const answers = await Promise.allSettled(calls);
  return new Map(
    productIds.map((productId, index) => {
      const answer = answers[index];
      return [productId, answer?.status === "fulfilled" ? answer.value : undefined];
    }),
  );
}
