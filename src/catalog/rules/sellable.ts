import type { Minor } from "../../rules/money.ts";
import type { Status } from "./product.ts";

/** How a line names what it wants: a product and perhaps its variant, a variant alone, or a product's id or SKU in one word. */
export type Wanted = { item: string } | { productId: string; variantId?: string | undefined } | { variantId: string };

/**
 * What a line names. Without a named variant it is the product's first active one, and `isAmbiguous` when there are more.
 * The variant's columns are null when it is not the product's, or none is active.
 */
export interface Sellable {
  /** The line's place in the list that was asked for. */
  index: number;
  productId: string;
  productName: string;
  category: string | null;
  isBundle: boolean;
  /** Of the product with its variant's adjustment, never below zero. */
  priceMinor: Minor;
  productStatus: Status;
  variantId: string | null;
  sku: string | null;
  variantName: string | null;
  variantStatus: Status | null;
  isAmbiguous: boolean;
}

/** One component of the bundle that a line names. */
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
