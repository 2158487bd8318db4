import type { Deps } from "../../deps.ts";
import { MAX_WAREHOUSES } from "../../warehouses/queries.ts";
import { findShopSums, findSums } from "./queries.ts";
import { type NamedSums, ZERO_SUMS, remainderOf, type Sums } from "../rules/summary.ts";

/** Categories that are shown, in the order of their names; what is beyond is summed up in one. */
const MAX_CATEGORIES = 200;

/** The inventory in sums. `others` is what is in none of the categories that are shown; null where all are. */
export interface InventorySummary {
  shop: Sums;
  categories: NamedSums[];
  others: Sums | null;
  warehouses: NamedSums[];
  /** When the sums last changed. */
  asOfMs: number;
}

/** Reads the sums over all products: as many rows as there are categories and warehouses, whatever the number of products. */
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
