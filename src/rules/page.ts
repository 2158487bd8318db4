/** A row's sort key in a list by time, newest first, by id within a millisecond. */
export interface TimeKey {
  atMs: number;
  id: string;
}

/** A page of a list by time; the next page starts after `next`, null on the last. */
export interface Page<R> {
  items: R[];
  next: TimeKey | null;
}

/** The most rows that a page reads for each item of its limit, whatever the filters. */
const READS_PER_ITEM = 3;

/**
 * How many rows a page reads: one more than its limit, or its whole budget where a filter has no index.
 * @param reads rows read per item: 2 through an index, 1 in the table itself
 */
export function windowSize(limit: number, reads: 1 | 2, isFiltered: boolean): number {
  return isFiltered ? Math.floor((READS_PER_ITEM * limit) / reads) : limit + 1;
}

/** How to cut a page out of a window, which is a run of rows read along an index. */
interface Cut<T, K> {
  /** The number of rows asked for; a window with fewer is the end of the list. */
  size: number;
  limit: number;
  fits: (row: T, index: number) => boolean;
  keyOf: (row: T) => K;
}

/**
 * Cuts a page out of a window and applies the filters that no index serves, so a page may be short or empty before the last.
 * @returns `next` is the key that the next page starts after, null on the last
 */
export function cutPage<T, K>(window: readonly T[], { size, limit, fits, keyOf }: Cut<T, K>): { items: T[]; next: K | null } {
  const fitting = window.filter((row, index) => fits(row, index));
  const items = fitting.slice(0, limit);
  const last = fitting.length > limit ? items.at(-1) : window.length === size ? window.at(-1) : undefined;
  return { items, next: last === undefined ? null : keyOf(last) };
}

/** Rows of a list along one way through it, newest first. */
export interface Run<T extends TimeKey> {
  items: readonly T[];
  /** It has all rows down to this key; null where there are no more. */
  end: TimeKey | null;
}

/** Which of two keys is first in a list, newest first. Ids are compared as D1 does. */
export function newestFirst(a: TimeKey, b: TimeKey): number {
  if (a.atMs !== b.atMs) return b.atMs - a.atMs;
  return a.id === b.id ? 0 : a.id < b.id ? 1 : -1;
}

/** A page of a list whose rows come in several runs, some perhaps in two of them. It ends where the first of the runs does. */
export function mergeRuns<T extends TimeKey>(runs: readonly Run<T>[], limit: number): Page<T> {
  const [end = null] = runs.flatMap((run) => run.end ?? []).toSorted(newestFirst);
  const reached = runs.flatMap(({ items }) => items).filter((item) => end === null || newestFirst(item, end) <= 0);
  const all = [...new Map(reached.map((item) => [item.id, item])).values()].toSorted(newestFirst);
  const items = all.slice(0, limit);
  const last = all.length > limit ? items.at(-1) : undefined;
  return { items, next: last === undefined ? end : { atMs: last.atMs, id: last.id } };
}

/** Of two pages of one list, the one that goes further. */
export function furthest<T extends TimeKey>(a: Page<T>, b: Page<T>): Page<T> {
  if (a.next === null || b.next === null) return a.next === null ? a : b;
  return newestFirst(a.next, b.next) > 0 ? a : b;
}
