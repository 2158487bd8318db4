import { matchExpression, type ProductSearch } from "../../catalog/rules/search.ts";
import type { Deps } from "../../deps.ts";
import { findProductWindow } from "./queries.ts";
import type { ListedProduct } from "../rules/availability.ts";

/** Which products, and which page of them. Rows are counted from the first product made. */
export interface ProductListRequest extends ProductSearch {
  inStock?: boolean | undefined;
  afterRow: number;
  limit: number;
}

/** `nextRow` is what the next page comes after, null on the last. The page is as old as the oldest stock figure in it. */
export interface ProductPage {
  products: ListedProduct[];
  nextRow: number | null;
  asOfMs: number;
}

/**
 * Lists products by what the projection knows. Whether they are in stock is in no index: with that filter a page has those of
 * `limit` products that fit, so it may be short, or empty, and not the last.
 */
export async function listProducts(
  deps: Deps,
  { inStock, afterRow, limit, ...search }: ProductListRequest,
): Promise<ProductPage> {
  const { found } = await deps.db.batch("list products", {
    found: findProductWindow(matchExpression(search), afterRow, limit + 1),
  });
  const window = found.slice(0, limit);
  const nextRow = found.length > limit ? (window.at(-1)?.rowNo ?? null) : null;
  const products = window.filter(({ available }) => inStock === undefined || inStock === available > 0);
  return { products, nextRow, asOfMs: oldestAsOfMs(deps, window) };
}

/** The oldest of some projected figures; now, where there is none. */
export function oldestAsOfMs(deps: Deps, figures: readonly { asOfMs: number }[]): number {
  return figures.reduce((least, { asOfMs }) => Math.min(least, asOfMs), deps.nowMs());
}
