import type { Sort, SortKey } from "../../catalog/rules/listing.ts";
import { readSortCursor, readTextCursor, toCursor } from "../../http/paging.ts";
import { minorOf } from "../../http/validate.ts";
import type { ListedCategory } from "../rules/availability.ts";
import type { ProductListRequest } from "./list-products.ts";

/** The query of a product list. */
interface ListQuery extends Omit<ProductListRequest, "categoryId" | "price" | "inStock" | "after"> {
  category_id?: string | undefined;
  min_price?: number | undefined;
  max_price?: number | undefined;
  in_stock?: "true" | "false" | undefined;
  cursor?: string | undefined;
}

/** Maps the query of a product list. @throws Refusal `validation_failed` for a cursor of another list or a price with too many decimals */
export function toListRequest(query: ListQuery, decimals: number): ProductListRequest {
  const { category_id: categoryId, min_price: min, max_price: max, in_stock: inStock, cursor, ...search } = query;
  const price = {
    minMinor: min === undefined ? undefined : minorOf("min_price", min, decimals),
    maxMinor: max === undefined ? undefined : minorOf("max_price", max, decimals),
  };
  const after = readSortCursor(cursor, query.sort ?? "");
  return { ...search, categoryId, price, inStock: inStock && inStock === "true", after };
}

/** The cursor of the next page; of an unsorted list, the row alone. */
export function toListCursor(sort: Sort | undefined, next: SortKey | null): string | null {
  if (next === null) return null;
  return toCursor(sort === undefined ? next.rowNo : [sort, next.key, next.rowNo]);
}

/** The name that a page of categories begins after. */
export function categoryCursor(cursor: string | undefined): string {
  return readTextCursor(cursor) ?? "";
}

/** Shows a category. */
export function toCategoryJson({ categoryId, name, products, inStock }: ListedCategory) {
  return { category_id: categoryId, name, products, in_stock: inStock };
}
