import { deleteStale, findStale } from "../../catalog/bulk/stale-queries.ts";
import { write } from "../../db/client.ts";
import type { Deps } from "../../deps.ts";
import { refreshStatements } from "../projection/flush-statements.ts";

/** Products of one batch: D1 does one thing at a time, so this is how long an order may wait for it. */
const PER_BATCH = 50;
/** After each batch D1 is left to others this many times as long as the batch took. */
const REST_FACTOR = 9;
/** The platform ends work after the answer at about 30 s; the next run goes on. */
const RUN_MS = 20_000;

/**
 * Computes anew what lists, sums and alerts show of products that an import changed, from the levels that D1 has: no object is called (F5).
 * One run at a time in an isolate; two at once in several do the same work twice, and no harm.
 */
export async function refreshStale(deps: Deps): Promise<void> {
  const begunMs = deps.nowMs();
  const { cache, config } = deps;
  if (begunMs < (cache.refreshingUntilMs ?? 0)) return;
  cache.refreshingUntilMs = begunMs + RUN_MS;
  try {
    const { first } = await deps.db.batch("find stale products", { first: findStale(PER_BATCH) });
    for (let stale = first; stale.length > 0 && deps.nowMs() < begunMs + RUN_MS;) {
      const productIds = stale.map(({ productId }) => productId);
      const batchMs = deps.nowMs();
      const { next } = await deps.db.batch("refresh products", {
        figures: refreshStatements(productIds, config.allocationPolicy, batchMs).map(write),
        done: deleteStale(productIds),
        next: findStale(PER_BATCH),
      });
      stale = next;
      if (stale.length > 0) await pause((deps.nowMs() - batchMs) * REST_FACTOR);
    }
  } finally {
    cache.refreshingUntilMs = 0;
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
