import type { Deps } from "../deps.ts";
import { type FieldError, Refusal } from "../errors.ts";
import { findBundleCounts, findSellables } from "./queries.ts";
import { chooseComponents, bundleLimitFor } from "./rules/bundle.ts";
import type { Component, Product, Variant, WantedComponent } from "./rules/product.ts";

/**
 * Finds the components of a bundle.
 * @param kept the components that it has so far
 * @throws Refusal `invalid_bundle`, naming each component that cannot be used
 */
export async function resolveComponents(
  deps: Deps,
  wanted: readonly WantedComponent[],
  kept: readonly Component[] = [],
): Promise<Component[]> {
  const { sellables, counts } = await deps.db.batch("resolve components", {
    sellables: findSellables(wanted),
    counts: findBundleCounts(wanted.map(({ productId }) => productId)),
  });
  const { components, errors } = chooseComponents(wanted, sellables, bundleLimitFor(counts, kept));
  if (errors.length > 0) throw invalidBundle(errors);
  return components;
}

/** @throws Refusal `invalid_bundle`, unless the bundle has exactly one variant, which has its SKU */
export function requireOneVariant(variants: readonly Variant[]): void {
  if (variants.length !== 1) throw invalidBundle([{ field: "variants", message: "a bundle has exactly one, with its SKU" }]);
}

/** @throws Refusal `invalid_bundle` for components of a product that is no bundle */
export function requireBundle(product: { isBundle: boolean }): void {
  if (!product.isBundle) throw invalidBundle([{ field: "components", message: "a product cannot become a bundle" }]);
}

/**
 * Has the list figures of a product recomputed before the answer, by its object; of a bundle, by that of a component. Where the object
 * does not answer, they are recomputed with the next change of its stock, by a repeat with the same key, or by the nightly audit.
 */
export async function refreshStock(deps: Deps, product: Product): Promise<void> {
  const { productId } = product.components[0] ?? product;
  await deps
    .stockOf(productId)
    .refresh({ flushFirst: true })
    .catch((error: unknown) => deps.log("not_refreshed", { product_id: productId, error: String(error) }));
}

function invalidBundle(errors: FieldError[]): Refusal {
  const [first] = errors;
  return new Refusal("invalid_bundle", first ? `${first.field} ${first.message}.` : "The components do not make a bundle.", {
    errors,
  });
}
