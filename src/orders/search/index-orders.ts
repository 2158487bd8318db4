import type { Deps } from "../../deps.ts";
import { newestFirst } from "../../rules/page.ts";
import { orderTextOf, writeOrderText } from "../rules/search.ts";
import { findEnds, findUnindexed, indexAgain, indexTexts, type IndexEnd, type TextRow } from "./index-queries.ts";
import type { SearchedRow } from "./searched-queries.ts";

/** How many orders are indexed at once. A search compares this many itself at most, where nothing else waits. */
const BATCH = 500;
/** So long one batch takes at most: its texts are one parameter, and D1 does nothing else meanwhile. */
const MAX_CHARACTERS = 400_000;
/** Eight statements each at most: with the other steps a run stays below 50, which is what Cloudflare's free plan allows. */
const MAX_BATCHES = 2;
/** Orders are indexed once those that were placed before them are likely to be recorded. */
const LAG_MS = 60_000;
/** The first number of all; older orders go down from it, and newer ones up. */
const FIRST_ROW = 1_000_000_000_000;

/** Indexes orders for the search: new ones, those whose text has changed, and those that are older than the index, the newest first. */
export async function indexOrders(deps: Deps): Promise<void> {
  for (let batch = 0; batch < MAX_BATCHES; batch += 1) {
    if (!(await indexBatch(deps))) return;
  }
}

/** @returns whether there may be more */
async function indexBatch(deps: Deps): Promise<boolean> {
  const untilMs = deps.nowMs() - LAG_MS;
  const { ends, found } = await deps.db.batch("find unindexed orders", {
    ends: findEnds(),
    found: findUnindexed(untilMs, BATCH),
  });
  const { newest, oldest } = ends;
  // Without an index, all that was found is before it.
  const next = newest ? found.filter((order) => newestFirst(order, newest) < 0).toReversed() : [];
  const before = oldest ? found.filter((order) => newestFirst(order, oldest) > 0) : found;
  const stale = textsOf(found.filter((order) => !next.includes(order) && !before.includes(order)));
  await deps.db.batch("index orders", {
    next: numbered(textsOf(next), newest, 1),
    before: numbered(textsOf(before), oldest, -1),
    stale: stale.length === 0 ? undefined : indexAgain(stale),
  });
  return found.length >= BATCH;
}

/** What orders are indexed by, of as many as one statement takes. */
function textsOf(orders: readonly SearchedRow[]): TextRow[] {
  const texts: TextRow[] = [];
  let characters = 0;
  for (const order of orders) {
    const text = writeOrderText(orderTextOf(order));
    characters += text.length;
    if (characters > MAX_CHARACTERS && texts.length > 0) break;
    texts.push({ atMs: order.atMs, id: order.id, updatedAtMs: order.updatedAtMs, text });
  }
  return texts;
}

/** Numbers orders on from an end of the index, upwards or downwards. */
function numbered(texts: readonly TextRow[], end: IndexEnd | undefined, step: 1 | -1) {
  const [first] = texts;
  if (!first) return undefined;
  const start = end?.rowNo ?? FIRST_ROW - step;
  return indexTexts(
    texts.map((text, at) => ({ ...text, rowNo: start + step * (at + 1) })),
    end ?? first,
  );
}
