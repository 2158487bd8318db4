import type { Deps } from "../../deps.ts";
import { settleTransfer } from "./settle-transfer.ts";
import { findUnsettled, postponeTransfers } from "./queries.ts";

/** One run's bound; each transfer calls up to 100 objects. */
const MAX_TRANSFERS = 10;
/** The Worker that sent it may still be asking D1. */
const GRACE_MS = 5_000;

/**
 * Settles the transfers that a crash left between leaving and being on their way: their objects let nothing out any more, so what
 * they answer now is what left.
 */
export async function finishTransfers(deps: Deps): Promise<void> {
  const { transfers } = await deps.db.batch("finish transfers", {
    transfers: findUnsettled(deps.nowMs() - GRACE_MS, MAX_TRANSFERS),
  });
  if (transfers.length === 0) return;
  const outcomes = await Promise.allSettled(transfers.map((transfer) => settleTransfer(deps, transfer, "look_first")));
  const open = transfers.filter((_, index) => outcomes[index]?.status === "rejected").map(({ transferId }) => transferId);
  if (open.length > 0) await deps.db.batch("finish transfers", { postponeTransfers: postponeTransfers(open, deps.nowMs()) });
  deps.log("transfers_settled", { found: transfers.length, settled: transfers.length - open.length });
}
