import { parseMinor, toMajor } from "../../rules/money.ts";
import { fileIdOf } from "./images.ts";
import type { Product, Variant } from "./product.ts";

// What the product files of Shopify and WooCommerce have in common: several records make one product.

/** A record of a file: its number, and its cells by their column, in lower case and with blanks for hyphens and underscores; a cell without text is empty. */
export interface ForeignRecord {
  row: number;
  cells: Readonly<Record<string, string>>;
}

/** A row of our own import, made of records: its members as a client would send them, or why there are none. */
export type MadeRow =
  /** `newSlug` is the slug of a product that is not there yet; one that is keeps its own. */
  | { row: number; members: Record<string, unknown>; newSlug?: string }
  | { row: number; error: { field: string; message: string } };

/** A variant in a file of another shop system. */
export interface ForeignVariant {
  sku: string;
  price: string;
  compareAt: string;
  grams: number | null;
  barcode: string;
  options: Record<string, string>;
  imageUrl: string;
  /** Of a variant without options. */
  name: string | null;
}

/**
 * The members of our import row that describe the variants. One variant without options is the product's own.
 * @param decimals of the shop's currency
 */
export function variantMembers(
  productId: string,
  variants: readonly ForeignVariant[],
  decimals: number,
): Record<string, unknown> {
  const [first, ...others] = variants;
  if (!first) return {};
  const [price, compareAt] = [first.price || null, first.compareAt || null];
  const isPlain = others.length === 0 && Object.keys(first.options).length === 0 && first.name === null;
  if (isPlain) {
    const sku = first.sku || productId;
    return { sku, price, compare_at_price: compareAt, weight: first.grams, barcode: first.barcode || null };
  }
  const base = parseMinor(first.price, decimals);
  const members = variants.map((variant) => {
    const { sku, options, grams, barcode, imageUrl } = variant;
    const own = parseMinor(variant.price, decimals);
    const chosen = Object.values(options);
    return {
      sku: sku || [productId, ...chosen].join("-"),
      name: chosen.length > 0 ? chosen.join(" / ") : variant.name,
      options,
      weight: grams,
      barcode: barcode || null,
      // A price that cannot be read stays as it is, to be refused by name.
      price_adjustment: base === undefined || own === undefined ? variant.price || 0 : toMajor(own - base, decimals),
      compare_at_price: variant.compareAt === "" ? null : Number(variant.compareAt),
      image_id: imageUrl === "" ? null : fileIdOf(imageUrl),
    };
  });
  return { price, compare_at_price: null, weight: null, variants: members };
}

/** All options of variants with their values, in order. */
export function optionsOf(variants: readonly ForeignVariant[]): { name: string; values: string[] }[] {
  const names = [...new Set(variants.flatMap(({ options }) => Object.keys(options)))];
  return names.map((name) => ({ name, values: [...new Set(variants.flatMap(({ options }) => options[name] ?? []))] }));
}

/** Images by their addresses, each once; those of variants that are not among them follow. */
export function imagesOf(images: readonly { url: string; alt?: string | null }[], variants: readonly ForeignVariant[]) {
  const all = [...images, ...variants.map(({ imageUrl }) => ({ url: imageUrl }))].filter(({ url }) => url !== "");
  return all.filter(({ url }, index) => all.findIndex((each) => each.url === url) === index);
}

/** The price, the price before a reduction, the weight and the barcode of a variant, with what it has of its product. */
export function soldAs(product: Product, variant: Variant) {
  return {
    priceMinor: product.priceMinor + variant.priceAdjustmentMinor,
    compareAtMinor: variant.compareAtMinor ?? product.compareAtMinor,
    grams: variant.weightGrams ?? product.weightGrams,
    barcode: variant.barcode ?? product.barcode ?? "",
  };
}

/** Whether a cell says yes. */
export function isYes(cell: string): boolean {
  return /^(true|yes|1|active|visible)$/i.test(cell);
}
