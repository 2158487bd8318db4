import type { Deps } from "../../deps.ts";
import type { ListedCount } from "../rules/count-file.ts";
import { type CountKey, findCounts } from "./count-queries.ts";

const PER_BATCH = 1_000;

/** A page of what is on hand by warehouse. */
export async function listCounts(
  deps: Deps,
  { after, warehouseId, limit }: { after: CountKey | undefined; warehouseId: string | undefined; limit: number },
): Promise<{ counts: ListedCount[]; next: CountKey | null }> {
  const { found } = await deps.db.batch("list counts", { found: findCounts(after, warehouseId, limit + 1) });
  const counts = found.slice(0, limit);
  return { counts, next: found.length > limit ? keyOf(counts.at(-1)) : null };
}

/** Everything on hand by warehouse, a batch at a time. */
export async function* exportCounts(deps: Deps, warehouseId: string | undefined): AsyncGenerator<ListedCount[], void> {
  for (let after: CountKey | undefined | null; after !== null;) {
    const { counts, next } = await listCounts(deps, { after, warehouseId, limit: PER_BATCH });
    yield counts;
    after = next;
  }
}

function keyOf(count: ListedCount | undefined): CountKey | null {
  return count ? [count.productId, count.variantId, count.warehouseId] : null;
}
