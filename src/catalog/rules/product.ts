import type { Minor } from "../../rules/money.ts";
import { toGtin14 } from "./gtin.ts";
import type { ProductImage } from "./images.ts";
import { sortNameOf } from "./slug.ts";

export const STATUSES = ["active", "archived"] as const;
export type Status = (typeof STATUSES)[number];

/** What customers choose a variant by, such as the size, with its values in their order. */
export interface ProductOption {
  name: string;
  values: string[];
}

/** The fields of a product that a merchant may change. */
export interface ProductFields {
  name: string;
  /** The product's address in a shop; null is a product that has none yet. */
  slug: string | null;
  description: string | null;
  category: string | null;
  brand: string | null;
  unit: string | null;
  status: Status;
  priceMinor: Minor;
  /** The maximum retail price that is printed on the goods. */
  mrpMinor: Minor | null;
  /** The price before a reduction. */
  compareAtMinor: Minor | null;
  costMinor: Minor | null;
  weightGrams: number | null;
  tags: string[];
  options: ProductOption[];
  images: ProductImage[];
  minStockLevel: number | null;
  maxStockLevel: number | null;
  /** The most units of all variants together in one order, and in all orders of one customer. */
  maxPerOrder: number | null;
  maxPerCustomer: number | null;
  supplierName: string | null;
  supplierContact: string | null;
  supplierEmail: string | null;
  /** A GTIN as it was entered. */
  barcode: string | null;
}

/** The defaults of a new product. */
export const FIELD_DEFAULTS: Omit<ProductFields, "name" | "priceMinor"> = {
  slug: null,
  description: null,
  category: null,
  brand: null,
  unit: null,
  status: "active",
  mrpMinor: null,
  compareAtMinor: null,
  costMinor: null,
  weightGrams: null,
  tags: [],
  options: [],
  images: [],
  minStockLevel: null,
  maxStockLevel: null,
  maxPerOrder: null,
  maxPerCustomer: null,
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
  /** Of this variant alone; the product's are about the sum of its variants. */
  minStockLevel: number | null;
  maxStockLevel: number | null;
  /** A GTIN as it was entered. */
  barcode: string | null;
  /** Its value of each option of the product. */
  options: Record<string, string>;
  /** These where they differ from the product's. */
  weightGrams: number | null;
  compareAtMinor: Minor | null;
  /** The product's image that shows it. */
  imageId: string | null;
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

/**
 * The fields of a product's row: lists as JSON, and what the product is found and sorted by: its GTIN-14, the SKU of its first variant,
 * its variants' words, its name without accents.
 */
export type StoredFields = Omit<ProductFields, keyof ProductLists> &
  Record<keyof ProductLists, string> & { gtin: string | null; sku: string | null; variantWords: string | null; sortName: string };

/** The fields that are lists, which a row has as JSON. */
type ProductLists = Pick<ProductFields, "tags" | "options" | "images">;

const LISTS = ["tags", "options", "images"] as const satisfies (keyof ProductLists)[];

/** Reads the lists of a row. */
export function withLists<R extends Record<keyof ProductLists, string>>(row: R): Omit<R, keyof ProductLists> & ProductLists {
  const lists = Object.fromEntries(LISTS.map((field) => [field, JSON.parse(row[field]) as unknown]));
  return { ...row, ...(lists as unknown as ProductLists) };
}

/** @param product with its variants in their order */
export function storedFields(product: Product): StoredFields {
  const stored = (value: unknown) => (Array.isArray(value) ? JSON.stringify(value) : value);
  const fields = Object.fromEntries(PRODUCT_FIELDS.map((field) => [field, stored(product[field])])) as unknown as StoredFields;
  const { name, barcode, variants } = product;
  const found = { gtin: gtinOf(barcode), sku: variants[0]?.sku ?? null, variantWords: wordsOf(variants) };
  return { ...fields, ...found, sortName: sortNameOf(name) };
}

/** A variant's row, with the GTIN-14 that it is found by. */
export function storedVariant(variant: Variant): Omit<Variant, "options"> & { options: string; gtin: string | null } {
  return { ...variant, options: JSON.stringify(variant.options), gtin: gtinOf(variant.barcode) };
}

function gtinOf(barcode: string | null): string | null {
  return barcode === null ? null : (toGtin14(barcode) ?? null);
}

/** The words of variants, one a line; the SKU of the first is a word of the product already. */
function wordsOf(variants: readonly Variant[]): string | null {
  const words = variants.flatMap(({ sku, name, barcode }, index) => [index === 0 ? null : sku, name, barcode]);
  return words.filter((word) => word !== null).join("\n") || null;
}

/**
 * Whether lists have more of a new product than the row that D1 makes with it: what the components of a bundle allow, or a row per
 * variant.
 */
export function hasMoreFigures({ isBundle, variants }: Pick<Product, "isBundle" | "variants">): boolean {
  return isBundle || variants.length > 1 || variants.some(({ minStockLevel }) => minStockLevel !== null);
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
  minStockLevel?: number | null | undefined;
  maxStockLevel?: number | null | undefined;
  barcode?: string | null | undefined;
  options?: Record<string, string> | undefined;
  weightGrams?: number | null | undefined;
  compareAtMinor?: Minor | null | undefined;
  imageId?: string | null | undefined;
}

/** A variant in a request that may say only its SKU. */
export type UnnamedVariant = Omit<VariantChange, "variantId"> & { variantId?: string | undefined };

/** A component in a request. */
export interface WantedComponent {
  productId: string;
  variantId?: string | undefined;
  quantity: number;
}
