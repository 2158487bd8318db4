import type { Status } from "../../catalog/rules/product.ts";
import { matchExpression } from "../../catalog/rules/search.ts";
import type { Minor } from "../../rules/money.ts";
import type { Units } from "./levels.ts";

/** Nothing is left; no more than the minimum is; all is well. A product without a minimum is never low. */
export const STOCK_STATUSES = ["in_stock", "low_stock", "out_of_stock"] as const;
type StockStatus = (typeof STOCK_STATUSES)[number];

/** The units of a product in one warehouse, all variants together. */
export interface WarehouseUnits extends Units {
  warehouseId: string;
}

/** A product with what the projection knows of its stock. */
export interface StockedProduct extends Units {
  rowNo: number;
  productId: string;
  name: string;
  sku: string | null;
  category: string | null;
  supplierName: string | null;
  status: Status;
  isBundle: 0 | 1;
  priceMinor: Minor;
  mrpMinor: Minor | null;
  costMinor: Minor | null;
  minStockLevel: number | null;
  maxStockLevel: number | null;
  available: number;
  stockStatus: StockStatus;
  shortfall: number;
  levels: WarehouseUnits[];
  asOfMs: number;
}

/** What the inventory is searched for; all of it must hold. */
export interface InventorySearch {
  q?: string | undefined;
  category?: string | undefined;
  stockStatus?: StockStatus | undefined;
  warehouseId?: string | undefined;
  supplier?: string | undefined;
  status: Status;
}

/** The index that the pages of a list go along; each has an order of its own, and what a cursor counts by. */
export type AccessPath =
  | { along: "words"; match: string }
  | { along: "supplier"; supplier: string }
  | { along: "warehouse"; warehouseId: string }
  | { along: "stock_status"; stockStatus: StockStatus }
  | { along: "low" };

/** A row number of products, or a product's id. */
export type PathKey = number | string;

/** Chooses the index that leaves the fewest products to look through. */
export function accessPathFor({ q, category, supplier, warehouseId, stockStatus, status }: InventorySearch): AccessPath {
  if (q === undefined && category === undefined) {
    if (supplier !== undefined) return { along: "supplier", supplier };
    if (warehouseId !== undefined) return { along: "warehouse", warehouseId };
    if (stockStatus !== undefined) return { along: "stock_status", stockStatus };
  }
  return { along: "words", match: matchExpression({ q, category, status }) };
}

/** Whether a path goes by row numbers, oldest product first; the others go by product ids. */
export function isByRow({ along }: AccessPath): boolean {
  return along === "words" || along === "supplier";
}

/** Whether a product that its path found has what the path does not know of. Words and category are known by the path alone. */
export function matchesSearch(product: StockedProduct, { supplier, warehouseId, stockStatus, status }: InventorySearch): boolean {
  return (
    product.status === status &&
    (supplier === undefined || product.supplierName === supplier) &&
    (stockStatus === undefined || product.stockStatus === stockStatus) &&
    (warehouseId === undefined || product.levels.some((level) => level.warehouseId === warehouseId))
  );
}
