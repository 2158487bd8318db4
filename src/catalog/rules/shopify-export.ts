import { csvLine } from "../../rules/csv.ts";
import { toMajor } from "../../rules/money.ts";
import { type ForeignView, soldAs } from "./foreign-file.ts";
import { addressOf, type ProductImage } from "./images.ts";
import type { Product, Variant } from "./product.ts";
import { idOfHandle, ONLY } from "./shopify-file.ts";

const COLUMNS = (
  "Handle,Title,Body (HTML),Vendor,Type,Tags,Published,Option1 Name,Option1 Value,Option2 Name,Option2 Value,Option3 Name,Option3 Value," +
  "Variant SKU,Variant Grams,Variant Inventory Tracker,Variant Inventory Qty,Variant Inventory Policy,Variant Price,Variant Compare At Price,Variant Barcode,Image Src,Image Position,Image Alt Text,Variant Image," +
  "Cost per item,Status"
).split(",");

export const SHOPIFY_HEADER = csvLine(COLUMNS);

/**
 * Writes a product as records of Shopify's product file, without its archived variants. Of more than three options only three have a column. Its
 * quantities are what can be ordered; a bundle has none of its own.
 */
export function toShopify(product: Product, view: ForeignView): string {
  const variants = product.variants.filter(({ status }) => status === "active");
  const handle = product.slug !== null && idOfHandle(product.slug) === product.productId ? product.slug : product.productId;
  const records = Array.from({ length: Math.max(1, variants.length, product.images.length) }, (_, index) => {
    const [variant, image] = [variants[index], product.images[index]];
    const cells: Cells = {
      Handle: handle,
      ...(index === 0 && headCells(product, view)),
      ...(variant && variantCells(product, variant, variants.length === 1, view)),
      ...(image && {
        "Image Src": addressAt(product, image, view),
        "Image Position": String(index + 1),
        "Image Alt Text": image.alt,
      }),
    };
    return csvLine(COLUMNS.map((column) => cells[column] ?? null));
  });
  return records.join("");
}

type Cells = Record<string, string | null>;

/** The names of a product's options; a product without any has one by which Shopify tells its variants apart. */
function optionNames({ options }: Product): string[] {
  return options.length > 0 ? options.slice(0, 3).map(({ name }) => name) : [ONLY.name];
}

/** What only the first record of a product has. */
function headCells(product: Product, { decimals }: ForeignView): Cells {
  return {
    Title: product.name,
    "Body (HTML)": product.description,
    Vendor: product.brand,
    Type: product.category,
    Tags: product.tags.join(", "),
    Published: product.status === "active" ? "TRUE" : "FALSE",
    Status: product.status,
    "Cost per item": amount(product.costMinor, decimals),
    ...Object.fromEntries(optionNames(product).map((name, at) => [`Option${at + 1} Name`, name])),
  };
}

function variantCells(product: Product, variant: Variant, isOnly: boolean, view: ForeignView): Cells {
  const { priceMinor, compareAtMinor, grams, barcode } = soldAs(product, variant);
  const unnamed = isOnly && variant.name === null ? ONLY.value : (variant.name ?? variant.sku);
  const values = optionNames(product).map((name) => variant.options[name] ?? (name === ONLY.name ? unnamed : ""));
  const shown = product.images.find(({ imageId }) => imageId === variant.imageId);
  return {
    ...Object.fromEntries(values.map((value, at) => [`Option${at + 1} Value`, value])),
    "Variant SKU": variant.sku,
    "Variant Grams": String(grams ?? ""),
    ...(!product.isBundle && {
      "Variant Inventory Tracker": "shopify",
      "Variant Inventory Qty": String(view.units.get(variant.variantId)?.available ?? 0),
      "Variant Inventory Policy": "deny",
    }),
    "Variant Price": amount(priceMinor, view.decimals),
    "Variant Compare At Price": amount(compareAtMinor, view.decimals),
    "Variant Barcode": barcode,
    "Variant Image": shown ? addressAt(product, shown, view) : null,
  };
}

function amount(minor: number | null, decimals: number): string {
  return minor === null ? "" : toMajor(minor, decimals).toFixed(decimals);
}

function addressAt({ productId }: Product, image: ProductImage, { origin }: ForeignView): string {
  return new URL(addressOf(productId, image), origin).href;
}
