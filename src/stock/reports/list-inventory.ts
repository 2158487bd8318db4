import type { Deps } from "../../deps.ts";
import { cutPage } from "../../rules/page.ts";
import { oldestAsOfMs } from "../storefront/list-products.ts";
import { countLow, findLowWindow, findStockWindow, type LowKey } from "./queries.ts";
import {
  matchesSearch,
  type InventorySearch,
  isByRow,
  type LowStock,
  type AccessPath,
  type PathKey,
  accessPathFor,
  type StockedProduct,
} from "../rules/inventory.ts";

/** `after` is the key of the last product on the page before: a row number or a product id, depending on the search. */
export interface InventoryRequest extends InventorySearch {
  after?: PathKey | undefined;
  limit: number;
}

/** `asOfMs` is the time of the oldest figure on the page. */
export interface InventoryPage {
  products: StockedProduct[];
  next: PathKey | null;
  asOfMs: number;
}

/**
 * Lists products with their stock from the projection. One filter, or terms and category, choose the index; the other filters apply to
 * `limit + 1` products at a time.
 */
export async function listInventory(deps: Deps, { after, limit, ...search }: InventoryRequest): Promise<InventoryPage> {
  const path = accessPathFor(search);
  const size = limit + 1;
  const { window } = await deps.db.batch("list inventory", { window: findStockWindow(path, after, size) });
  return toPage(deps, window, { path, size, limit, search });
}

/** A page of what is low, and the number of items on all pages. */
export interface LowPage {
  items: LowStock[];
  count: number;
  next: LowKey | null;
  asOfMs: number;
}

/** Lists active products at or below their minimum and active variants at or below their own, with their number. */
export async function listLowStock(
  deps: Deps,
  { after, limit }: { after?: LowKey | undefined; limit: number },
): Promise<LowPage> {
  const size = limit + 1;
  const { window, counted } = await deps.db.batch("list low stock", {
    window: findLowWindow(after ?? ["", ""], size),
    counted: countLow(),
  });
  const { items, next } = cutPage<LowStock, LowKey>(window, {
    size,
    limit,
    fits: () => true,
    keyOf: ({ productId, variantId }) => [productId, variantId],
  });
  return { items, next, count: counted?.count ?? 0, asOfMs: oldestAsOfMs(deps, items) };
}

interface Wanted {
  path: AccessPath;
  size: number;
  limit: number;
  search: InventorySearch;
}

function toPage(deps: Deps, window: readonly StockedProduct[], { path, search, ...wanted }: Wanted): InventoryPage {
  const { items, next } = cutPage<StockedProduct, PathKey>(window, {
    ...wanted,
    // A product with several variants in a warehouse is found by each.
    fits: (product, index) => window[index - 1]?.productId !== product.productId && matchesSearch(product, search),
    keyOf: ({ rowNo, productId }) => (isByRow(path) ? rowNo : productId),
  });
  return { products: items, next, asOfMs: oldestAsOfMs(deps, items) };
}
