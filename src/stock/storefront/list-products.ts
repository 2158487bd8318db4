import { matchExpression, type ProductSearch } from "../../catalog/rules/search.ts";
import { isWithin, type PriceRange, type Sort, type SortKey } from "../../catalog/rules/listing.ts";
import type { Query } from "../../db/client.ts";
import type { Deps } from "../../deps.ts";
import { findCategoryName, findNewestWindow, findSortedMatches, findSortedWindow } from "./list-queries.ts";
import { findProductWindow } from "./queries.ts";
import type { ListedProduct } from "../rules/availability.ts";

/** How many matches of a search are sorted at most: its words have no index by the sort key. */
const MAX_SORTED_MATCHES = 1_000;

/** A search, its order, and the page to show. Rows are numbered in the order of creation. */
export interface ProductListRequest extends ProductSearch {
  categoryId?: string | undefined;
  sort?: Sort | undefined;
  price: PriceRange;
  inStock?: boolean | undefined;
  after: SortKey | undefined;
  limit: number;
}

/** The next page begins after `next`, which is null on the last one. `asOfMs` is the time of the oldest stock figure. */
export interface ProductPage {
  products: ListedProduct[];
  next: SortKey | null;
  asOfMs: number;
}

/**
 * Lists products from the projection. Filters that the order has no index for apply to `limit` products at a time, so a page may be short
 * or empty before the last one.
 */
export async function listProducts(deps: Deps, { categoryId, ...request }: ProductListRequest): Promise<ProductPage> {
  const category = categoryId === undefined ? request.category : await nameOf(deps, categoryId);
  if (categoryId !== undefined && (category === undefined || category !== (request.category ?? category))) {
    return { products: [], next: null, asOfMs: deps.nowMs() };
  }
  const { price, inStock, limit } = request;
  const { rows } = await deps.db.batch("list products", { rows: windowOf({ ...request, category }, limit + 1) });
  const window = rows.slice(0, limit);
  const last = rows.length > limit ? window.at(-1) : undefined;
  const products = window.filter(
    (row) => (inStock === undefined || inStock === row.available > 0) && isWithin(row.priceMinor, price),
  );
  return { products, next: last ? { key: last.sortKey, rowNo: last.rowNo } : null, asOfMs: oldestAsOfMs(deps, window) };
}

async function nameOf(deps: Deps, categoryId: string): Promise<string | undefined> {
  const { category } = await deps.db.batch("find category", { category: findCategoryName(categoryId) });
  return category?.name;
}

function windowOf(request: Omit<ProductListRequest, "categoryId">, size: number): Query<ListedProduct[]> {
  const { sort, after } = request;
  if (sort === undefined) return findProductWindow(matchExpression(request), after?.rowNo ?? 0, size);
  if (sort === "newest") return findNewestWindow(matchExpression(request), after?.rowNo, size);
  if (request.q === undefined && request.brand === undefined) return findSortedWindow({ ...request, sort, size });
  return findSortedMatches(matchExpression(request), { sort, after, size }, MAX_SORTED_MATCHES);
}

/** The time of the oldest projected figure; now, if there is none. */
export function oldestAsOfMs(deps: Deps, figures: readonly { asOfMs: number }[]): number {
  return figures.reduce((least, { asOfMs }) => Math.min(least, asOfMs), deps.nowMs());
}
