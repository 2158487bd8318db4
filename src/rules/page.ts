/** How a page is cut out of a window of a list: what was looked at, and how much of it may be shown. */
interface Cut<T, K> {
  /** Rows that were asked for; a window with fewer is the list's last. */
  size: number;
  limit: number;
  fits: (row: T, index: number) => boolean;
  keyOf: (row: T) => K;
}

/**
 * Cuts a page out of a window that was read along an index. What no index knows is filtered here, so the page may be short, or
 * empty, before the last.
 * @returns `next` is the key that the next page comes after, null on the last
 */
export function cutPage<T, K>(window: readonly T[], { size, limit, fits, keyOf }: Cut<T, K>): { items: T[]; next: K | null } {
  const fitting = window.filter((row, index) => fits(row, index));
  const items = fitting.slice(0, limit);
  const last = fitting.length > limit ? items.at(-1) : window.length === size ? window.at(-1) : undefined;
  return { items, next: last === undefined ? null : keyOf(last) };
}
