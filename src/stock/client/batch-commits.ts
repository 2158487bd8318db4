import type { Deps } from "../../deps.ts";

/** Where two came at the same time others will, and nobody waits for a commit. */
const BATCH_DELAY_MS = 50;
/** In one call: meanwhile the object answers nobody else. */
const MAX_BATCH = 100;
/** Longer than a commit with all its repeats: a request that gathered for so long is gone, and with it whatever it gathered. */
const STALE_AFTER_MS = 20_000;

/**
 * PROTOCOL C7: commits a hold at a product's object, at once. What other requests of this isolate have to commit there meanwhile follows
 * in one call. An object does one thing after the other, and on a sale day one product's object is the limit of the shop.
 * @returns once the hold is committed, or another request will see to it; where that fails its alarm does (PROTOCOL A2)
 * @throws what the object throws
 */
export async function commitBatched({ cache, nowMs, stockOf }: Deps, productId: string, holdId: string): Promise<void> {
  cache.commitBatches ??= new Map();
  const { commitBatches: gathering } = cache;
  const first = gathering.get(productId);
  if (first && first.holdIds.length < MAX_BATCH && nowMs() - first.sinceMs < STALE_AFTER_MS) {
    first.holdIds.push(holdId);
    return;
  }
  const own = { sinceMs: nowMs(), holdIds: new Array<string>() };
  gathering.set(productId, own);
  const stock = stockOf(productId);
  try {
    await stock.commit(holdId);
  } finally {
    if (own.holdIds.length > 0) await new Promise((resolve) => setTimeout(resolve, BATCH_DELAY_MS));
    // Who comes from here on is the first of others: no request may gather for ever, the platform ends it at 30 s.
    if (gathering.get(productId) === own) gathering.delete(productId);
    if (own.holdIds.length > 0) await stock.commit(...own.holdIds);
  }
}
