import type { Sellable } from "../../catalog/rules/sellable.ts";

/**
 * Which variant's stock is meant. Stock may be moved of what is archived too: it still stands on the shelf.
 * @param variantId as the request named it  @returns the variant, or what is wrong with naming none or that one
 */
export function stockedVariant(sellable: Sellable, variantId: string | undefined): { variantId: string } | { problem: string } {
  if (sellable.isAmbiguous) return { problem: "the product has several variants: name one" };
  if (sellable.variantId !== null) return { variantId: sellable.variantId };
  return {
    problem: variantId === undefined ? "the product has no active variant: name one" : `the product has no variant ${variantId}`,
  };
}
