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
