import type { Minor } from "../../rules/money.ts";

export const STATUSES = ["active", "archived"] as const;
export type Status = (typeof STATUSES)[number];

/** What a merchant says of a product and may change. */
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
}

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

/** Whether the stock levels to keep between make sense; either may be open. */
export function levelsFit(fields: Pick<ProductFields, "minStockLevel" | "maxStockLevel">): boolean {
  const { minStockLevel, maxStockLevel } = fields;
  return minStockLevel === null || maxStockLevel === null || minStockLevel <= maxStockLevel;
}

/** A variant as a request gives it; what is left out stays as it is. */
export interface VariantChange {
  variantId: string;
  sku?: string | undefined;
  name?: string | null | undefined;
  status?: Status | undefined;
}

/** A component as a request gives it. */
export interface WantedComponent {
  productId: string;
  variantId?: string | undefined;
  quantity: number;
}
