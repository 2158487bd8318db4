import type { Component, WantedComponent } from "./product.ts";
import type { Sellable } from "./sellable.ts";

/** How many bundles one product may be in: each flush recomputes all of them. Two concurrent changes may exceed it by one. */
export const MAX_BUNDLES = 100;

/** The components of a bundle, or why they cannot be used; `field` is a path in the request. */
export interface ChosenComponents {
  components: Component[];
  errors: { field: string; message: string }[];
}

/**
 * Returns whether a product is in too many bundles for one more. A component that the bundle has already may stay.
 * @param counts the number of bundles of each product  @param kept the components that the bundle has so far
 */
export function bundleLimitFor(counts: ReadonlyMap<string, number>, kept: readonly Component[]): (productId: string) => boolean {
  return (productId) => (counts.get(productId) ?? 0) >= MAX_BUNDLES && kept.every((part) => part.productId !== productId);
}

/**
 * Decides the components of a bundle: active products that are no bundles and not in too many, each variant once.
 * @param found the result of `findSellables` for the list, by its index  @param isFull of `bundleLimitFor`
 */
export function chooseComponents(
  wanted: readonly WantedComponent[],
  found: readonly Sellable[],
  isFull: (productId: string) => boolean,
): ChosenComponents {
  const chosen: ChosenComponents = { components: [], errors: [] };
  const taken = new Set<string>();
  for (const [index, { productId, variantId, quantity }] of wanted.entries()) {
    const sellable = found.find((each) => each.index === index);
    const message =
      unfit(sellable, variantId !== undefined) ??
      (taken.has(sellable?.variantId ?? "") ? "is given twice" : undefined) ??
      (isFull(productId) ? `is in ${MAX_BUNDLES} bundles already, which is the limit` : undefined);
    if (!sellable || sellable.variantId === null || message !== undefined) {
      chosen.errors.push({ field: `components[${index}]`, message: message ?? "does not exist" });
      continue;
    }
    taken.add(sellable.variantId);
    chosen.components.push({ productId, variantId: sellable.variantId, quantity, name: sellable.productName });
  }
  return chosen;
}

function unfit(sellable: Sellable | undefined, isVariantNamed: boolean): string | undefined {
  if (!sellable) return "names a product that does not exist";
  if (sellable.isBundle) return "names a bundle, and a bundle cannot be made of bundles";
  if (sellable.productStatus !== "active") return "names an archived product";
  if (sellable.variantId === null)
    return isVariantNamed ? "names a variant that the product does not have" : "names a product without an active variant";
  if (sellable.isAmbiguous) return "names a product with several variants; say which by variant_id";
  return sellable.variantStatus === "active" ? undefined : "names an archived variant";
}
