import type { Status } from "../../catalog/rules/product.ts";
import { matchExpression } from "../../catalog/rules/search.ts";
import type { Minor } from "../../rules/money.ts";
import type { Units } from "./levels.ts";
import type { StockStatus } from "./stock-status.ts";

/** The units of a product in one warehouse, all variants together. */
export interface WarehouseUnits extends Units {
  warehouseId: string;
}

/** A variant of a product with several, or with a minimum of its own. */
export interface StockedVariant extends Units {
  variantId: string;
  sku: string;
  name: string | null;
  status: Status;
  barcode: string | null;
  minStockLevel: number | null;
  maxStockLevel: number | null;
  available: number;
  stockStatus: StockStatus;
  shortfall: number;
}

/** A product at or below its minimum, or a variant at or below its own. */
export interface LowStock {
  productId: string;
  /** Empty for a product. */
  variantId: string;
  name: string;
  variantName: string | null;
  sku: string | null;
  category: string | null;
  supplierName: string | null;
  minStockLevel: number;
  available: number;
  shortfall: number;
  stockStatus: StockStatus;
  asOfMs: number;
}

/** A product with its stock from the projection. */
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
  variants: StockedVariant[];
  asOfMs: number;
}

/** The filters of the inventory list; a product must match all. */
export interface InventorySearch {
  q?: string | undefined;
  category?: string | undefined;
  stockStatus?: StockStatus | undefined;
  warehouseId?: string | undefined;
  supplier?: string | undefined;
  status: Status;
}

/** The index that a list is read by; each has its own order and cursor key. */
export type AccessPath =
  | { index: "words"; match: string }
  | { index: "supplier"; supplier: string }
  | { index: "warehouse"; warehouseId: string }
  | { index: "stock_status"; stockStatus: StockStatus };

/** A cursor key: a product's row number or its id. */
export type PathKey = number | string;

/** Chooses the index that leaves the fewest products to filter. */
export function accessPathFor({ q, category, supplier, warehouseId, stockStatus, status }: InventorySearch): AccessPath {
  if (q === undefined && category === undefined) {
    if (supplier !== undefined) return { index: "supplier", supplier };
    if (warehouseId !== undefined) return { index: "warehouse", warehouseId };
    if (stockStatus !== undefined) return { index: "stock_status", stockStatus };
  }
  return { index: "words", match: matchExpression({ q, category, status }) };
}

/** Whether an index is ordered by row number, oldest product first; the others are ordered by product id. */
export function isByRow({ index }: AccessPath): boolean {
  return index === "words" || index === "supplier";
}

/** Whether a product matches the filters that the index does not cover. Only the word index can match words and category. */
export function matchesSearch(product: StockedProduct, { supplier, warehouseId, stockStatus, status }: InventorySearch): boolean {
  return (
    product.status === status &&
    (supplier === undefined || product.supplierName === supplier) &&
    (stockStatus === undefined || hasStatus(product, stockStatus)) &&
    (warehouseId === undefined || product.levels.some((level) => level.warehouseId === warehouseId))
  );
}

/** Whether a product, or one of its variants that are on sale, has a status. */
function hasStatus({ stockStatus, variants }: StockedProduct, wanted: StockStatus): boolean {
  return stockStatus === wanted || variants.some((variant) => variant.status === "active" && variant.stockStatus === wanted);
}
