import type { Minor } from "../../rules/money.ts";

/** The orders of a product list; `-` is descending. Without one, the oldest product comes first. */
export const SORTS = ["name", "-name", "price", "-price", "newest", "best_selling"] as const;
export type Sort = (typeof SORTS)[number];

/** The orders that have a key of their own; the newest product is that with the highest row number. */
export type KeyedSort = Exclude<Sort, "newest">;

/** The place of a product in a sorted list: its key, and its row among those with the same key. */
export interface SortKey {
  key: string | number;
  rowNo: number;
}

/** Prices that a list shows, in minor units, both included. */
export interface PriceRange {
  minMinor?: Minor | undefined;
  maxMinor?: Minor | undefined;
}

export function isWithin(priceMinor: Minor, { minMinor = 0, maxMinor = Infinity }: PriceRange): boolean {
  return priceMinor >= minMinor && priceMinor <= maxMinor;
}
