import { toVariantJson } from "../product-json.ts";
import type { Column } from "../rules/bulk-file.ts";
import type { Product, Variant } from "../rules/product.ts";
import { hasDefaultVariant, toRow } from "./export-json.ts";

/** The most changes that an answer lists, and the most characters of a value. */
const MAX_CHANGES = 10_000;
const MAX_VALUE = 200;

/** A field before and after: a text, a number, or as JSON what is neither, as a cell of CSV would have it. */
export interface FieldChange {
  field: string;
  before: string | number | null;
  after: string | number | null;
  /** Present where a value is longer than an answer lists. */
  is_cut?: true;
}

/** Lists the changes of many products, as many as an answer may have. */
export function createChangeLists(decimals: number) {
  let left = MAX_CHANGES;
  let leftOut = 0;
  return {
    /** The changes of a product. */
    of: ({ before, after }: { before: Product; after: Product }): FieldChange[] => {
      const all = changesOf(before, after, decimals);
      const listed = all.slice(0, left);
      left -= listed.length;
      leftOut += all.length - listed.length;
      return listed;
    },
    leftOut: () => leftOut,
  };
}

/** The columns of an import that a change of a product changes, and the members of its variants, each with its value before and after. */
export function changesOf(before: Product, after: Product, decimals: number): FieldChange[] {
  const [old, now] = [toRow(before, decimals), toRow(after, decimals)];
  const isBySku = hasDefaultVariant(before) && hasDefaultVariant(after);
  const columns = [...new Set([...Object.keys(old), ...Object.keys(now)])] as Column[];
  const ofProduct = columns
    .filter((column) => column !== "variants" && (column !== "sku" || isBySku))
    .flatMap((column) => changeOf(column, old[column], now[column]));
  return isBySku ? ofProduct : [...ofProduct, ...variantChanges(before, after, decimals)];
}

function variantChanges(before: Product, after: Product, decimals: number): FieldChange[] {
  const shown = (variant: Variant | undefined): Record<string, unknown> =>
    variant ? toVariantJson(variant, { currencyDecimals: decimals, isStaff: true }) : {};
  return after.variants.flatMap((variant, index) => {
    const old = shown(before.variants.find(({ variantId }) => variantId === variant.variantId));
    const now = shown(variant);
    return Object.keys(now).flatMap((member) => changeOf(`variants[${index}].${member}`, old[member], now[member]));
  });
}

function changeOf(field: string, before: unknown, after: unknown): FieldChange[] {
  const [old, now] = [cellOf(before), cellOf(after)];
  if (old === now) return [];
  const [shownOld, shownNow] = [shortened(old), shortened(now)];
  const isCut = shownOld !== old || shownNow !== now;
  return [{ field, before: shownOld, after: shownNow, ...(isCut && { is_cut: true as const }) }];
}

function cellOf(value: unknown): string | number | null {
  if (value === null || value === undefined) return null;
  return typeof value === "string" || typeof value === "number" ? value : JSON.stringify(value);
}

function shortened(value: string | number | null): string | number | null {
  return typeof value === "string" && value.length > MAX_VALUE ? value.slice(0, MAX_VALUE).toWellFormed() : value;
}
