import { canonicalJson } from "../../rules/encode.ts";
import { chooseComponents, bundleLimitFor } from "./bundle.ts";
import {
  type Component,
  hasValidStockLevels,
  type Product,
  type ProductFields,
  FIELD_DEFAULTS,
  type UnnamedVariant,
  type VariantChange,
  type WantedComponent,
} from "./product.ts";
import { listImages, variantImageErrors, type WantedImage } from "./images.ts";
import { completeOptions } from "./options.ts";
import { idOf, sumOf } from "./slug.ts";
import type { StatedStock } from "./foreign-stock.ts";
import type { Sellable } from "./sellable.ts";
import { negativePriceError, applyVariants, type VariantsAfter } from "./variants.ts";

/** The most errors reported of a row, so that a report stays readable, and that of a chunk fits into a row of D1. */
export const MAX_ROW_ERRORS = 10;

/** An invalid field of a row. */
export interface RowError {
  field: string;
  message: string;
  /** What the file has there. */
  value?: string | undefined;
}

/** A product as a row of an import describes it; absent fields stay as they are. */
export interface WantedProduct {
  productId: string;
  fields: Partial<ProductFields>;
  sku?: string | undefined;
  variants?: UnnamedVariant[] | undefined;
  components?: WantedComponent[] | undefined;
  images?: WantedImage[] | undefined;
  /** Its slug if it is new. */
  newSlug?: string | undefined;
  /** What the file of another shop says of its variants' units. */
  stock?: StatedStock[] | undefined;
}

/** The result of a row. */
export type RowDecision =
  | { outcome: "created"; after: Product }
  | { outcome: "updated"; before: Product; after: Product; variants: VariantsAfter }
  | { outcome: "unchanged" }
  | { outcome: "refused"; errors: RowError[] };

/** What D1 has for a row: the product, and the sellables that its components name. */
export interface RowFacts {
  before: Product | undefined;
  /** Of the row's components, by their index. */
  sellables: readonly Sellable[];
  /** The number of bundles that each component product is in, with those of earlier rows. */
  bundles: ReadonlyMap<string, number>;
}

/**
 * Decides the result of a row: the same as of a request to create or change the product.
 * @param atMs the time of creation or change
 */
export function decideRow(wanted: WantedProduct, facts: RowFacts, atMs: number): RowDecision {
  const { before } = facts;
  const variants = applyVariants(before?.variants ?? [], variantChanges(wanted, before));
  const { components, errors } = componentsOf(wanted, facts);
  errors.push(...variants.errors, ...missingErrors(wanted, before), ...variantErrors(wanted, before, variants));
  const slug = wanted.newSlug ?? null;
  const given = { ...FIELD_DEFAULTS, name: "", priceMinor: 0, slug, ...before, ...wanted.fields };
  const { options, errors: optionErrors } = completeOptions(given.options, variants.all);
  const listed = listImages(wanted.productId, before?.images ?? [], wanted.images ?? []);
  const fields = { ...given, options, images: wanted.images ? listed.images : given.images };
  errors.push(...optionErrors, ...listed.errors, ...variantImageErrors(fields.images, variants.all, before?.variants));
  errors.push(...amountErrors(wanted, fields, variants));
  if (errors.length > 0) return { outcome: "refused", errors };
  const parts = { ...fields, productId: wanted.productId, variants: variants.all, components };
  if (!before) {
    const after = { ...parts, isBundle: components.length > 0, createdAtMs: atMs, updatedAtMs: atMs };
    return { outcome: "created", after };
  }
  const after = { ...before, ...parts, updatedAtMs: Math.max(atMs, before.updatedAtMs + 1) };
  const isSame = canonicalJson({ ...after, updatedAtMs: before.updatedAtMs }) === canonicalJson(before);
  return isSame ? { outcome: "unchanged" } : { outcome: "updated", before, after, variants };
}

function variantChanges({ productId, sku, variants }: WantedProduct, before: Product | undefined): VariantChange[] {
  if (variants) return named(variants, before);
  if (!before) return [{ variantId: productId, sku: sku ?? productId }];
  return sku === undefined ? [] : before.variants.slice(0, 1).map(({ variantId }) => ({ variantId, sku }));
}

/** A variant without an id is that with its SKU, or has an id that is made of it. */
function named(variants: readonly UnnamedVariant[], before: Product | undefined): VariantChange[] {
  const known = new Map(before?.variants.map(({ sku, variantId }) => [sku, variantId]));
  return variants.map((variant) => {
    const { sku = "" } = variant;
    return { ...variant, variantId: variant.variantId ?? known.get(sku) ?? idOf(sku) ?? `variant-${sumOf(sku)}` };
  });
}

function componentsOf(wanted: WantedProduct, { before, sellables, bundles }: RowFacts) {
  const kept: { components: Component[]; errors: RowError[] } = { components: before?.components ?? [], errors: [] };
  if (!wanted.components || isSameAs(wanted.components, kept.components)) return kept;
  if (before?.isBundle === false) {
    return { ...kept, errors: [{ field: "components", message: "a product cannot become a bundle" }] };
  }
  return chooseComponents(wanted.components, sellables, bundleLimitFor(bundles, kept.components));
}

/** A bundle may keep a component that could not be added any more. */
function isSameAs(wanted: readonly WantedComponent[], components: readonly Component[]): boolean {
  return (
    wanted.length === components.length &&
    components.every(({ productId, variantId, quantity }, index) => {
      const each = wanted[index];
      return each?.productId === productId && each.variantId === variantId && each.quantity === quantity;
    })
  );
}

function missingErrors({ fields }: WantedProduct, before: Product | undefined): RowError[] {
  if (before) return [];
  const needed = [
    ["name", fields.name],
    ["price", fields.priceMinor],
  ] as const;
  return needed.flatMap(([field, value]) => (value === undefined ? [{ field, message: "is required for a new product" }] : []));
}

/** What the file and D1 have together may contradict each other; the error names the column that the file has. */
function amountErrors(
  { fields: given, variants: stated }: WantedProduct,
  fields: ProductFields,
  { all }: VariantsAfter,
): RowError[] {
  const errors: RowError[] = [];
  if (!hasValidStockLevels(fields)) {
    const [min, max] = [fields.minStockLevel, fields.maxStockLevel];
    errors.push(
      given.maxStockLevel === undefined
        ? { field: "min_stock_level", message: `must not be above max_stock_level, which is ${max}` }
        : { field: "max_stock_level", message: `must not be below min_stock_level, which is ${min}` },
    );
  }
  const negative = negativePriceError(fields.priceMinor, all);
  if (negative) errors.push({ ...negative, field: stated ? negative.field : "price" });
  return errors;
}

function variantErrors({ sku, components }: WantedProduct, before: Product | undefined, variants: VariantsAfter): RowError[] {
  const errors: RowError[] = [];
  if (sku !== undefined && before && before.variants.length > 1)
    errors.push({ field: "sku", message: "the product has several variants; name one in variants" });
  const isBundle = before ? before.isBundle : components !== undefined;
  if (isBundle && variants.all.length !== 1)
    errors.push({ field: "variants", message: "a bundle has exactly one, with its SKU" });
  return errors;
}

/** Whether a change of a product changes its figures in lists and summaries. */
export function changesListFigures(before: Product, after: Product): boolean {
  const shown = ({ status, category, priceMinor, costMinor, minStockLevel, maxStockLevel, variants, components }: Product) =>
    canonicalJson({ status, category, priceMinor, costMinor, minStockLevel, maxStockLevel, variants, components });
  return shown(before) !== shown(after);
}

/** Splits a list so that no part has too many items or too much weight; an item that is too heavy is a part of its own. */
export function splitByWeight<T>(
  items: readonly T[],
  weightOf: (item: T) => number,
  max: { items: number; weight: number },
): T[][] {
  const parts: T[][] = [];
  let weight = 0;
  for (const item of items) {
    const more = weightOf(item);
    const last = parts.at(-1);
    if (!last || last.length === max.items || weight + more > max.weight) {
      parts.push([item]);
      weight = more;
    } else {
      last.push(item);
      weight += more;
    }
  }
  return parts;
}
