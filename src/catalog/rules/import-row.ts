import { canonicalJson } from "../../rules/encode.ts";
import { chooseComponents, fullFor } from "./bundle.ts";
import {
  type Component,
  levelsFit,
  type Product,
  type ProductFields,
  UNSAID,
  type VariantChange,
  type WantedComponent,
} from "./product.ts";
import type { Sellable } from "./sellable.ts";
import { adjustmentFault, applyVariants, type VariantsAfter } from "./variants.ts";

/** What a report says of a row at most, so that the longest stays readable, and a chunk of it below the size of a row of D1. */
export const MAX_ROW_ERRORS = 10;

/** A bad field of a row. */
export interface RowError {
  field: string;
  message: string;
}

/** A product as a row of an import says it is to be; what is left out stays as it is. */
export interface WantedProduct {
  productId: string;
  fields: Partial<ProductFields>;
  sku?: string | undefined;
  variants?: VariantChange[] | undefined;
  components?: WantedComponent[] | undefined;
}

/** What becomes of a row. */
export type RowDecision =
  | { outcome: "created"; after: Product }
  | { outcome: "updated"; before: Product; after: Product; variants: VariantsAfter }
  | { outcome: "unchanged" }
  | { outcome: "refused"; errors: RowError[] };

/** What D1 has of a row: the product, and what its components name. */
export interface RowFacts {
  before: Product | undefined;
  /** For the row's components, by their index. */
  sellables: readonly Sellable[];
  /** In how many bundles each product is that a row names as a component, those of the rows before counted. */
  bundles: ReadonlyMap<string, number>;
}

/**
 * Decides what a row makes of a product: the same as a request to create or change it would.
 * @param atMs becomes the time of creation or change
 */
export function decideRow(wanted: WantedProduct, facts: RowFacts, atMs: number): RowDecision {
  const { before } = facts;
  const variants = applyVariants(before?.variants ?? [], variantChanges(wanted, before));
  const { components, errors } = componentsOf(wanted, facts);
  errors.push(...variants.errors, ...missing(wanted, before), ...misfits(wanted, before, variants));
  const fields = { ...UNSAID, name: "", priceMinor: 0, ...before, ...wanted.fields };
  if (!levelsFit(fields)) errors.push({ field: "max_stock_level", message: "must not be below min_stock_level" });
  const fault = adjustmentFault(fields.priceMinor, variants.all);
  if (fault) errors.push(fault);
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
  if (variants) return variants;
  if (!before) return [{ variantId: productId, sku: sku ?? productId }];
  return sku === undefined ? [] : before.variants.slice(0, 1).map(({ variantId }) => ({ variantId, sku }));
}

function componentsOf(wanted: WantedProduct, { before, sellables, bundles }: RowFacts) {
  const none: { components: Component[]; errors: RowError[] } = { components: before?.components ?? [], errors: [] };
  if (!wanted.components || isSameAs(wanted.components, none.components)) return none;
  if (before?.isBundle === false) {
    return { ...none, errors: [{ field: "components", message: "a product does not become a bundle" }] };
  }
  return chooseComponents(wanted.components, sellables, fullFor(bundles, none.components));
}

/** A bundle may keep a component that could not be put into one any more. */
function isSameAs(wanted: readonly WantedComponent[], components: readonly Component[]): boolean {
  return (
    wanted.length === components.length &&
    components.every(({ productId, variantId, quantity }, index) => {
      const each = wanted[index];
      return each?.productId === productId && each.variantId === variantId && each.quantity === quantity;
    })
  );
}

function missing({ fields }: WantedProduct, before: Product | undefined): RowError[] {
  if (before) return [];
  const needed = [
    ["name", fields.name],
    ["price", fields.priceMinor],
  ] as const;
  return needed.flatMap(([field, value]) => (value === undefined ? [{ field, message: "is needed for a new product" }] : []));
}

function misfits({ sku, components }: WantedProduct, before: Product | undefined, variants: VariantsAfter): RowError[] {
  const errors: RowError[] = [];
  if (sku !== undefined && before && before.variants.length > 1)
    errors.push({ field: "sku", message: "the product has several variants; name one in variants" });
  const isBundle = before ? before.isBundle : components !== undefined;
  if (isBundle && variants.all.length !== 1)
    errors.push({ field: "variants", message: "a bundle has exactly one, which carries its SKU" });
  return errors;
}

/** Whether a change of a product changes what lists and sums say of its stock. */
export function isStaleAfter(before: Product, after: Product): boolean {
  const shown = ({ status, category, priceMinor, costMinor, minStockLevel, maxStockLevel, variants, components }: Product) =>
    canonicalJson({ status, category, priceMinor, costMinor, minStockLevel, maxStockLevel, variants, components });
  return shown(before) !== shown(after);
}
