import type { Deps } from "../../deps.ts";
import { unresolved } from "../../errors.ts";
import { runPending } from "../client/run-pending.ts";
import { findPendingActions } from "../client/pending-queries.ts";
import type { DispatchAnswer } from "../rules/messages.ts";
import { decideTransfer, type Transfer } from "../rules/transfer.ts";
import { findTransfer, settleTransfer as settleInD1 } from "./queries.ts";

/** A refused transfer owes one thing: to be taken back. */
const MAX_OWED = 1;

/**
 * Lets the units of a transfer out, everywhere at once, and has D1 decide what became of it. It may be called again at any time, by
 * anybody, also two at once: objects let units out once and only until `dispatchByMs`, and the first decision in D1 stands.
 * @param advice what the client is to do where nothing is decided
 * @returns the transfer as D1 has decided it, `in_transit`, `refused` or later
 * @throws Refusal `unresolved`; the sweep settles it when its time is over
 */
export async function settleTransfer(deps: Deps, transfer: Transfer, advice: "same_key" | "look_first"): Promise<Transfer> {
  const { transferId } = transfer;
  const undecided = (cause?: unknown) => unresolved(`Whether transfer ${transferId} left is not known yet.`, advice, cause);
  const decision = decideTransfer(await dispatchEverywhere(deps, transfer));
  if (!decision) throw undecided();
  const { settled = transfer, owed } = await deps.db
    .batch("settle transfer", {
      settle: settleInD1(transferId, decision, deps.nowMs()),
      settled: findTransfer(transferId),
      owed: findPendingActions(MAX_OWED, transferId),
    })
    .catch((error: unknown) => {
      throw undecided(error);
    });
  // What was refused is taken back after the answer; where that fails, the sweep does it.
  if (settled.status === "refused") deps.defer((background) => runPending(background, owed));
  return settled;
}

async function dispatchEverywhere(deps: Deps, transfer: Transfer): Promise<Map<string, DispatchAnswer | undefined>> {
  const { transferId, fromWarehouseId: warehouseId, dispatchByMs: byMs, reason, actor, reference: externalReference } = transfer;
  const productIds = [...new Set(transfer.items.map(({ productId }) => productId))];
  const calls = productIds.map((productId) => {
    const own = transfer.items.filter((item) => item.productId === productId);
    const lines = own.map(({ variantId, quantity }) => ({ variantId, quantity }));
    return deps.stockOf(productId, byMs).dispatch({ transferId, warehouseId, lines, byMs, reason, actor, externalReference });
  });
  const answers = await Promise.allSettled(calls);
  return new Map(
    productIds.map((productId, index) => {
      const answer = answers[index];
      return [productId, answer?.status === "fulfilled" ? answer.value : undefined];
    }),
  );
}
