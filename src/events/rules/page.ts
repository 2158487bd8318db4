/** Where a list by time goes on: after the row of this time and id, newest first. */
export interface TimeKey {
  atMs: number;
  id: string;
}

/** A page, and what the next one comes after; null on the last. */
export interface Page<R> {
  items: R[];
  next: TimeKey | null;
}

/** DESIGN §9: a page reads at most this many rows for each item asked for, whatever the filters find. */
const READS_AN_ITEM = 3;

/**
 * How many rows a page looks at: one more than it shows, or, where something is filtered that no index has, as many as it may read.
 * @param reads rows read for each: 2 through an index, 1 in the table itself
 */
export function windowSize(limit: number, reads: 1 | 2, isFiltered: boolean): number {
  return isFiltered ? Math.floor((READS_AN_ITEM * limit) / reads) : limit + 1;
}
