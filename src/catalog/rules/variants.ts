import type { Minor } from "../../rules/money.ts";
import { hasValidStockLevels, storedVariant, type Variant, type VariantChange } from "./product.ts";

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
  after.errors.push(...stockItemErrors(after.all, changes));
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
    name: changed(change.name, before?.name),
    status: change.status ?? before?.status ?? "active",
    priceAdjustmentMinor: change.priceAdjustmentMinor ?? before?.priceAdjustmentMinor ?? 0,
    ...mergeItem(before, change),
  };
}

/** What a variant is as a stock item. */
function mergeItem(before: Variant | undefined, change: VariantChange) {
  return {
    minStockLevel: changed(change.minStockLevel, before?.minStockLevel),
    maxStockLevel: changed(change.maxStockLevel, before?.maxStockLevel),
    barcode: changed(change.barcode, before?.barcode),
    options: change.options ?? before?.options ?? {},
    weightGrams: changed(change.weightGrams, before?.weightGrams),
    compareAtMinor: changed(change.compareAtMinor, before?.compareAtMinor),
    imageId: changed(change.imageId, before?.imageId),
  };
}

/** An optional field after a change: absent, it stays as it was; null clears it. */
function changed<T>(value: T | null | undefined, before: T | null | undefined): T | null {
  return (value === undefined ? before : value) ?? null;
}

/** The changed variants whose levels contradict each other, and those that have the barcode of another variant. */
function stockItemErrors(all: readonly Variant[], changes: readonly VariantChange[]): { field: string; message: string }[] {
  return changes.flatMap(({ variantId }, index) => {
    const variant = all.find((each) => each.variantId === variantId);
    if (!variant) return [];
    const { gtin } = storedVariant(variant);
    const isTaken = gtin !== null && all.some((other) => other !== variant && storedVariant(other).gtin === gtin);
    return [
      ...(hasValidStockLevels(variant)
        ? []
        : [{ field: `variants[${index}].max_stock_level`, message: "must not be below min_stock_level" }]),
      ...(isTaken ? [{ field: `variants[${index}].barcode`, message: "is the barcode of another variant" }] : []),
    ];
  });
}

/** An error for the first variant with a negative price, or `undefined`. */
export function negativePriceError(
  priceMinor: Minor,
  variants: readonly Variant[],
): { field: string; message: string } | undefined {
  const below = variants.find(({ priceAdjustmentMinor }) => priceMinor + priceAdjustmentMinor < 0);
  return below && { field: "variants", message: `the price with the price_adjustment of ${below.variantId} is negative` };
}
