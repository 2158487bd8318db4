import type { Minor } from "../../rules/money.ts";
import { toGtin14 } from "./gtin.ts";

export const STATUSES = ["active", "archived"] as const;
export type Status = (typeof STATUSES)[number];

/** The fields of a product that a merchant may change. */
export interface ProductFields {
  name: string;
  description: string | null;
  category: string | null;
  brand: string | null;
  unit: string | null;
  status: Status;
  priceMinor: Minor;
  mrpMinor: Minor | null;
  costMinor: Minor | null;
  minStockLevel: number | null;
  maxStockLevel: number | null;
  supplierName: string | null;
  supplierContact: string | null;
  supplierEmail: string | null;
  /** A GTIN as it was entered. */
  barcode: string | null;
}

/** The defaults of a new product. */
export const FIELD_DEFAULTS: Omit<ProductFields, "name" | "priceMinor"> = {
  description: null,
  category: null,
  brand: null,
  unit: null,
  status: "active",
  mrpMinor: null,
  costMinor: null,
  minStockLevel: null,
  maxStockLevel: null,
  supplierName: null,
  supplierContact: null,
  supplierEmail: null,
  barcode: null,
};

/** The product itself, without its variants and components. */
export interface ProductHead extends ProductFields {
  productId: string;
  isBundle: boolean;
  createdAtMs: number;
  updatedAtMs: number;
}

/** A unit that is stocked and sold. `position` is its place among the product's variants. */
export interface Variant {
  variantId: string;
  position: number;
  sku: string;
  name: string | null;
  status: Status;
  /** Added to the product's price; may be negative. */
  priceAdjustmentMinor: Minor;
}

/** One part of a bundle; `name` is the component product's. */
export interface Component {
  productId: string;
  variantId: string;
  quantity: number;
  name: string;
}

export interface Product extends ProductHead {
  variants: Variant[];
  components: Component[];
}

/** The names of `ProductFields`. */
export const PRODUCT_FIELDS = ["name", "priceMinor", ...Object.keys(FIELD_DEFAULTS)] as (keyof ProductFields)[];

/** The fields of a product's row, with those that it is found and listed by: its GTIN-14 and the SKU of its first variant. */
export type StoredFields = ProductFields & { gtin: string | null; sku: string | null };

/** @param product with its variants in their order */
export function storedFields(product: Product): StoredFields {
  const fields = Object.fromEntries(PRODUCT_FIELDS.map((field) => [field, product[field]])) as unknown as ProductFields;
  const { barcode, variants } = product;
  return { ...fields, gtin: barcode === null ? null : (toGtin14(barcode) ?? null), sku: variants[0]?.sku ?? null };
}

/** Whether the minimum is not above the maximum; either may be absent. */
export function hasValidStockLevels(fields: Pick<ProductFields, "minStockLevel" | "maxStockLevel">): boolean {
  const { minStockLevel, maxStockLevel } = fields;
  return minStockLevel === null || maxStockLevel === null || minStockLevel <= maxStockLevel;
}

/** A variant in a request; absent fields stay as they are. */
export interface VariantChange {
  variantId: string;
  sku?: string | undefined;
  name?: string | null | undefined;
  status?: Status | undefined;
  priceAdjustmentMinor?: Minor | undefined;
}

/** A component in a request. */
export interface WantedComponent {
  productId: string;
  variantId?: string | undefined;
  quantity: number;
}
