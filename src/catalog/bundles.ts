import type { Deps } from "../deps.ts";
import { type FieldError, Refusal } from "../errors.ts";
import { findBundleCounts, findSellables } from "./queries.ts";
import { chooseComponents, fullFor } from "./rules/bundle.ts";
import type { Component, Product, Variant, WantedComponent } from "./rules/product.ts";

/**
 * Finds what a bundle is to be made of.
 * @param kept the components that it has had
 * @throws Refusal `invalid_bundle`, naming each component that does not fit
 */
export async function resolveComponents(
  deps: Deps,
  wanted: readonly WantedComponent[],
  kept: readonly Component[] = [],
): Promise<Component[]> {
  const { found, counts } = await deps.db.batch("resolve components", {
    found: findSellables(wanted),
    counts: findBundleCounts(wanted.map(({ productId }) => productId)),
  });
  const { components, errors } = chooseComponents(wanted, found, fullFor(counts, kept));
  if (errors.length > 0) throw invalidBundle(errors);
  return components;
}

/** @throws Refusal `invalid_bundle`, unless the bundle has the one variant that carries its SKU */
export function requireOneVariant(variants: readonly Variant[]): void {
  if (variants.length !== 1)
    throw invalidBundle([{ field: "variants", message: "a bundle has exactly one, which carries its SKU" }]);
}

/** @throws Refusal `invalid_bundle` for components given to a product that was made without */
export function requireBundle(product: { isBundle: boolean }): void {
  if (!product.isBundle) throw invalidBundle([{ field: "components", message: "a product does not become a bundle" }]);
}

/** Has what lists show of a product computed anew, after the answer, by its object's next flush; of a bundle, by a component's. */
export function refreshStock(deps: Deps, product: Product): void {
  const { productId } = product.components[0] ?? product;
  deps.defer((background) => background.stockOf(productId).refresh());
}

function invalidBundle(errors: FieldError[]): Refusal {
  const [first] = errors;
  return new Refusal("invalid_bundle", first ? `${first.field} ${first.message}.` : "The components do not fit.", { errors });
}
