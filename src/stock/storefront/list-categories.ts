import type { Deps } from "../../deps.ts";
import type { ListedCategory } from "../rules/availability.ts";
import { findCategoryWindow } from "./list-queries.ts";
import { oldestAsOfMs } from "./list-products.ts";

/** A page of categories; the next one begins after the name `next`, null on the last. */
export interface CategoryPage {
  categories: ListedCategory[];
  next: string | null;
  asOfMs: number;
}

/** Lists the categories that have products on sale, by name. @param after the last name of the page before */
export async function listCategories(deps: Deps, after: string, limit: number): Promise<CategoryPage> {
  const { rows } = await deps.db.batch("list categories", { rows: findCategoryWindow(after, limit + 1) });
  const categories = rows.slice(0, limit);
  const next = rows.length > limit ? (categories.at(-1)?.name ?? null) : null;
  return { categories, next, asOfMs: oldestAsOfMs(deps, categories) };
}
