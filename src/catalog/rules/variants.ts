import type { Minor } from "../../rules/money.ts";
import type { Variant, VariantChange } from "./product.ts";

export const MAX_VARIANTS = 100;

/** The variants of a product after a change. `field` of an error is a path in the request. */
export interface VariantsAfter {
  all: Variant[];
  added: Variant[];
  changed: Variant[];
  errors: { field: string; message: string }[];
}

/**
 * Adds and changes variants by their ids. None is ever removed, because orders and stock refer to them.
 * @param before in their order  @param changes each id once
 */
export function applyVariants(before: readonly Variant[], changes: readonly VariantChange[]): VariantsAfter {
  const after: VariantsAfter = { all: [...before], added: [], changed: [], errors: [] };
  for (const [index, change] of changes.entries()) {
    const at = after.all.findIndex((variant) => variant.variantId === change.variantId);
    const variant = merge(after.all[at], change, after.all.length);
    if (!variant) {
      after.errors.push({ field: `variants[${index}].sku`, message: "a new variant needs a sku" });
    } else if (at === -1) {
      after.all.push(variant);
      after.added.push(variant);
    } else {
      after.all[at] = variant;
      after.changed.push(variant);
    }
  }
  if (after.all.length > MAX_VARIANTS) after.errors.push({ field: "variants", message: `a product has at most ${MAX_VARIANTS}` });
  return after;
}

function merge(before: Variant | undefined, change: VariantChange, position: number): Variant | undefined {
  const sku = change.sku ?? before?.sku;
  if (sku === undefined) return undefined;
  return {
    variantId: change.variantId,
    position: before?.position ?? position,
    sku,
    name: change.name === undefined ? (before?.name ?? null) : change.name,
    status: change.status ?? before?.status ?? "active",
    priceAdjustmentMinor: change.priceAdjustmentMinor ?? before?.priceAdjustmentMinor ?? 0,
  };
}

/** An error for the first variant with a negative price, or `undefined`. */
export function negativePriceError(
  priceMinor: Minor,
  variants: readonly Variant[],
): { field: string; message: string } | undefined {
  const below = variants.find(({ priceAdjustmentMinor }) => priceMinor + priceAdjustmentMinor < 0);
  return below && { field: "variants", message: `the price with the price_adjustment of ${below.variantId} is negative` };
}
