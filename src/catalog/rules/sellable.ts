import type { Minor } from "../../rules/money.ts";
import type { Status } from "./product.ts";

/** How a line identifies its item: by product and optionally variant, by variant, or by an `item` that is a product id or a SKU. */
export type Wanted = { item: string } | { productId: string; variantId?: string | undefined } | { variantId: string };

/**
 * The item of a line. Without a variant in the line it is the first active one, and `isAmbiguous` if there are more.
 * The variant's fields are null if the variant is not the product's, or none is active.
 */
export interface Sellable {
  /** The index of the line in the list. */
  index: number;
  productId: string;
  productName: string;
  category: string | null;
  isBundle: boolean;
  /** The product's price with the variant's adjustment, at least zero. */
  priceMinor: Minor;
  productStatus: Status;
  variantId: string | null;
  sku: string | null;
  variantName: string | null;
  variantStatus: Status | null;
  isAmbiguous: boolean;
  /** The most units of all variants together in one order, and in all orders of one customer. */
  maxPerOrder: number | null;
  maxPerCustomer: number | null;
}

/** A component of the bundle in a line. */
export interface SellableComponent {
  index: number;
  productId: string;
  variantId: string;
  /** Units of the component in one bundle. */
  quantity: number;
  productName: string;
  productStatus: Status;
  sku: string;
  variantName: string | null;
  variantStatus: Status;
}

/**
 * Finds the variant whose stock a request means. Archived products count: their units are still on the shelf.
 * @param variantId as the request named it  @returns the variant, or why the request is ambiguous or names none
 */
export function stockedVariant(sellable: Sellable, variantId: string | undefined): { variantId: string } | { problem: string } {
  if (sellable.isAmbiguous) return { problem: "the product has several variants: name one" };
  if (sellable.variantId !== null) return { variantId: sellable.variantId };
  return {
    problem: variantId === undefined ? "the product has no active variant: name one" : `the product has no variant ${variantId}`,
  };
}
