import type { Deps } from "../../deps.ts";
import { furthest, mergeRuns, type Page, type Run, type TimeKey } from "../../rules/page.ts";
import type { OrderRow } from "../rules/order.ts";
import { isFound, type OrderFilter, type OrderSearch, orderTextOf, readOrderText, type Searched } from "../rules/search.ts";
import { findListed, findSearchedWindow, isIndexed, type WindowRow } from "./list-queries.ts";
import { findChanged, findIndexed, findNewer, findOlder, type IndexedRow } from "./search-queries.ts";

/** How many orders that are not indexed a page compares themselves, of those before and of those after the indexed ones each. */
const MAX_COMPARED = 100;

const NOTHING: { rows: IndexedRow[]; spanEnd: TimeKey | null } = { rows: [], spanEnd: null };

interface Found {
  orders: OrderRow[];
  next: [number, string] | undefined;
}

/**
 * Finds orders, newest first. Orders that are not indexed yet, or whose text has changed since, are compared themselves, a limited number
 * for a page, so that a page can be short without being the last. Where another filter has an index too, both ways are gone, and the page
 * is the one that goes further: few orders may have the one or the other.
 * @returns `undefined` where older orders are not indexed yet and the column that the search is for has an index of its own
 */
export async function searchOrders(
  deps: Deps,
  search: OrderSearch,
  filter: OrderFilter,
  limit: number,
): Promise<Found | undefined> {
  // A customer's search goes through the customer's orders alone: how far another goes would say something of other customers' orders.
  const isOwn = filter.userId !== undefined;
  const { filtered, ...ways } = await deps.db.batch("search orders", {
    ...(isOwn ? {} : waysOf(search, filter, limit)),
    filtered: isIndexed(filter) ? findSearchedWindow(filter, limit + 1) : undefined,
  });
  const pages: Page<TimeKey>[] = [];
  if (!isOwn) {
    const { indexed = NOTHING, changed = [], newer = [], older = [] } = ways;
    if (older.length > 0 && search.exact) return undefined;
    const runs = [changed, newer, older].map((each) => compared(search, each, MAX_COMPARED));
    pages.push(mergeRuns([indexedRun(search, indexed, limit), ...runs], limit));
  }
  if (filtered) {
    const window = filtered.map(({ order, searched }) => ({ atMs: order.createdAtMs, id: order.orderId, ...searched }));
    pages.push(mergeRuns([compared(search, window, limit)], limit));
  }
  return readPage(deps, filter, pages.reduce(furthest), filtered);
}

function waysOf(search: OrderSearch, filter: OrderFilter, limit: number) {
  return {
    indexed: findIndexed(search, filter, limit + 1),
    changed: findChanged(filter, MAX_COMPARED + 1),
    newer: findNewer(filter, MAX_COMPARED + 1),
    older: findOlder(filter, MAX_COMPARED + 1),
  };
}

/** What is found among orders that were read as they are. A window of more than `size` is cut there. */
function compared(search: OrderSearch, window: readonly (Searched & TimeKey)[], size: number): Run<TimeKey> {
  return runOf(window, size, (order) => isFound(search, orderTextOf(order)));
}

function indexedRun(search: OrderSearch, { rows, spanEnd }: typeof NOTHING, size: number): Run<TimeKey> {
  const run = runOf(rows, size, ({ id, text, isStale }) => isStale === 0 && isFound(search, readOrderText(id, text)));
  return { items: run.items, end: run.end ?? spanEnd };
}

function runOf<T extends TimeKey>(window: readonly T[], size: number, fits: (row: T) => boolean): Run<TimeKey> {
  const rows = window.slice(0, size);
  const items = rows.filter(fits).map(({ atMs, id }) => ({ atMs, id }));
  return { items, end: window.length > size ? (rows.at(-1) ?? null) : null };
}

/** Reads the orders of a page, and applies the other filters to them. @param known orders that were read already */
async function readPage(
  deps: Deps,
  filter: OrderFilter,
  { items, next }: Page<TimeKey>,
  known: readonly WindowRow[] = [],
): Promise<Found> {
  const byId = new Map(known.map((row) => [row.order.orderId, row]));
  const others = items.flatMap(({ id }) => (byId.has(id) ? [] : [id]));
  const { read } = await deps.db.batch("list orders", { read: findListed(filter, others) });
  for (const row of read.flat()) byId.set(row.order.orderId, row);
  const rows = items.flatMap(({ id }) => byId.get(id) ?? []);
  return {
    orders: rows.filter(({ fits }) => fits).map(({ order }) => order),
    next: next === null ? undefined : [next.atMs, next.id],
  };
}
