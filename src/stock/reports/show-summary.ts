import type { Deps } from "../../deps.ts";
import { MAX_WAREHOUSES } from "../../warehouses/queries.ts";
import { findShopSums, findSums } from "./queries.ts";
import { type NamedSums, ZERO_SUMS, remainderOf, type Sums } from "../rules/summary.ts";

/** The most categories shown, ordered by name; the others are added up. */
const MAX_CATEGORIES = 200;

/** The totals of the inventory. `others` adds up the categories that are not shown; null if all are. */
export interface InventorySummary {
  shop: Sums;
  categories: NamedSums[];
  others: Sums | null;
  warehouses: NamedSums[];
  /** When the totals last changed. */
  asOfMs: number;
}

/** Reads the totals: one row for each category and warehouse, with any number of products. */
export async function showSummary(deps: Deps): Promise<InventorySummary> {
  const { shop, found, warehouses } = await deps.db.batch("show summary", {
    shop: findShopSums(),
    found: findSums("category", MAX_CATEGORIES + 1),
    warehouses: findSums("warehouse", MAX_WAREHOUSES),
  });
  const categories = found.slice(0, MAX_CATEGORIES);
  const others = found.length > MAX_CATEGORIES && shop ? remainderOf(shop, categories) : null;
  return { shop: shop ?? ZERO_SUMS, categories, others, warehouses, asOfMs: shop?.asOfMs ?? deps.nowMs() };
}
