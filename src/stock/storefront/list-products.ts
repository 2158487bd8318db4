import { matchExpression, type ProductSearch } from "../../catalog/rules/search.ts";
import type { Deps } from "../../deps.ts";
import { findProductWindow } from "./queries.ts";
import type { ListedProduct } from "../rules/availability.ts";

/** A search, and the page to show. Rows are numbered in the order of creation. */
export interface ProductListRequest extends ProductSearch {
  inStock?: boolean | undefined;
  afterRow: number;
  limit: number;
}

/** The next page begins after `nextRow`, which is null on the last one. `asOfMs` is the time of the oldest stock figure. */
export interface ProductPage {
  products: ListedProduct[];
  nextRow: number | null;
  asOfMs: number;
}

/**
 * Lists products from the projection. The filter by stock has no index: it applies to `limit` products at a time, so a page may be short
 * or empty before the last one.
 */
export async function listProducts(
  deps: Deps,
  { inStock, afterRow, limit, ...search }: ProductListRequest,
): Promise<ProductPage> {
  const { rows } = await deps.db.batch("list products", {
    rows: findProductWindow(matchExpression(search), afterRow, limit + 1),
  });
  const window = rows.slice(0, limit);
  const nextRow = rows.length > limit ? (window.at(-1)?.rowNo ?? null) : null;
  const products = window.filter(({ available }) => inStock === undefined || inStock === available > 0);
  return { products, nextRow, asOfMs: oldestAsOfMs(deps, window) };
}

/** The time of the oldest projected figure; now, if there is none. */
export function oldestAsOfMs(deps: Deps, figures: readonly { asOfMs: number }[]): number {
  return figures.reduce((least, { asOfMs }) => Math.min(least, asOfMs), deps.nowMs());
}
