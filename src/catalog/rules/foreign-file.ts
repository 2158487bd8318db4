import { parseMinor, toMajor } from "../../rules/money.ts";
import { fileIdOf } from "./images.ts";
import { type ForeignStock, type KnownUnits, readStock, type StatedStock } from "./foreign-stock.ts";
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
  | { row: number; members: Record<string, unknown>; newSlug?: string; stock: StatedStock[] }
  | { row: number; error: { field: string; message: string; value?: string } };

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
  /** Absent where the file has no column for it. */
  stock: ForeignStock | undefined;
}

/** The SKU of a variant that may have none in the file. */
function skuOf(productId: string, { sku, options }: ForeignVariant, isPlain: boolean): string {
  return sku || (isPlain ? productId : [productId, ...Object.values(options)].join("-"));
}

function isPlainProduct([first, ...others]: readonly ForeignVariant[]): boolean {
  return first !== undefined && others.length === 0 && Object.keys(first.options).length === 0 && first.name === null;
}

/** What a file says of the units of a product's variants, or why that cannot be read. */
export function stockOf(
  productId: string,
  variants: readonly ForeignVariant[],
): { stock: StatedStock[] } | { error: { field: string; message: string; value: string } } {
  const stock: StatedStock[] = [];
  for (const variant of variants) {
    if (!variant.stock) continue;
    const read = readStock(skuOf(productId, variant, isPlainProduct(variants)), variant.stock);
    if (typeof read === "string") return { error: { field: variant.stock.column, message: read, value: variant.stock.cell } };
    stock.push(read);
  }
  return { stock };
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
  const [first] = variants;
  if (!first) return {};
  const [price, compareAt] = [first.price || null, first.compareAt || null];
  if (isPlainProduct(variants)) {
    const sku = skuOf(productId, first, true);
    return { sku, price, compare_at_price: compareAt, weight: first.grams, barcode: first.barcode || null };
  }
  const base = parseMinor(first.price, decimals);
  const members = variants.map((variant) => {
    const { options, grams, barcode, imageUrl } = variant;
    const own = parseMinor(variant.price, decimals);
    const chosen = Object.values(options);
    return {
      sku: skuOf(productId, variant, false),
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

/** What an export for another shop depends on beside the product. */
export interface ForeignView {
  /** Of the shop's currency. */
  decimals: number;
  /** Where the shop is reached. */
  origin: string;
  /** What variants have in the exported warehouse. */
  units: ReadonlyMap<string, KnownUnits>;
}

/** Whether a cell says yes. */
export function isYes(cell: string): boolean {
  return /^(true|yes|1|active|visible)$/i.test(cell);
}
