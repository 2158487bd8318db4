import type { Deps } from "../../deps.ts";

/** How long to collect further commits before the second call; no client waits for a commit. */
const BATCH_DELAY_MS = 50;
/** Commits in one call, during which the object serves nothing else. */
const MAX_BATCH = 100;
/** Longer than a commit with all its retries: the request that owned an older batch has died, and the batch with it. */
const STALE_AFTER_MS = 20_000;

/**
 * Commits a hold at a product's object (C7). The first request commits at once; commits of other requests in this isolate that arrive
 * meanwhile follow in one call, because an object runs one call at a time and a popular product's object limits the whole shop.
 * @returns once the hold is committed, or queued for the other request; if that one fails, the object's alarm commits it (A2)
 * @throws what the object throws
 */
export async function commitBatched({ cache, nowMs, stockOf }: Deps, productId: string, holdId: string): Promise<void> {
  cache.commitBatches ??= new Map();
  const { commitBatches } = cache;
  const open = commitBatches.get(productId);
  if (open && open.holdIds.length < MAX_BATCH && nowMs() - open.sinceMs < STALE_AFTER_MS) {
    open.holdIds.push(holdId);
    return;
  }
  const own = { sinceMs: nowMs(), holdIds: new Array<string>() };
  commitBatches.set(productId, own);
  const stock = stockOf(productId);
  try {
    await stock.commit(holdId);
  } finally {
    if (own.holdIds.length > 0) await new Promise((resolve) => setTimeout(resolve, BATCH_DELAY_MS));
    // A later request opens a batch of its own: this one must end, because the platform cuts deferred work off at 30 s.
    if (commitBatches.get(productId) === own) commitBatches.delete(productId);
    if (own.holdIds.length > 0) await stock.commit(...own.holdIds);
  }
}
