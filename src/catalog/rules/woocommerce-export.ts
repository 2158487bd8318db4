import { csvLine } from "../../rules/csv.ts";
import { toMajor } from "../../rules/money.ts";
import { type ForeignView, soldAs } from "./foreign-file.ts";
import { addressOf } from "./images.ts";
import type { Product, Variant } from "./product.ts";
import { MAX_ATTRIBUTES, OWN_ID } from "./woocommerce-file.ts";

const toList = (values: readonly string[]) => values.map((value) => value.replaceAll(",", "\\,")).join(", ");

const COLUMNS = (
  `Type|SKU|GTIN, UPC, EAN, or ISBN|Name|Published|Description|In stock?|Stock|Low stock amount|Backorders allowed?|Sold individually?|Weight (g)|Sale price|Regular price|` +
  `Categories|Tags|Images|Parent|Brands|${OWN_ID}`
)
  .split("|")
  .concat(
    ...Array.from({ length: MAX_ATTRIBUTES }, (_, index) => [`Attribute ${index + 1} name`, `Attribute ${index + 1} value(s)`]),
  );

export const WOOCOMMERCE_HEADER = csvLine(COLUMNS);

/**
 * Writes a product as records of WooCommerce's product file, without its archived variants. Its stock is what can be ordered; a bundle has none
 * of its own.
 */
export function toWooCommerce(product: Product, view: ForeignView): string {
  const { origin } = view;
  const variants = product.variants.filter(({ status }) => status === "active");
  const [only] = variants;
  const isSimple = variants.length === 1 && only !== undefined && Object.keys(only.options).length === 0;
  const address = (image: Product["images"][number]) => new URL(addressOf(product.productId, image), origin).href;
  const parent = {
    [OWN_ID]: product.productId,
    Name: product.name,
    Published: product.status === "active" ? "1" : "0",
    Description: product.description,
    "Low stock amount": product.minStockLevel,
    "Sold individually?": product.maxPerOrder === 1 ? "1" : "0",
    Categories: toList(product.category === null ? [] : [product.category]),
    Tags: toList(product.tags),
    Images: toList(product.images.map(address)),
    Brands: toList(product.brand === null ? [] : [product.brand]),
  };
  if (isSimple) return lineOf({ ...parent, Type: "simple", ...soldCells(product, only, view) });
  const attributes = (valuesOf: (name: string) => string) =>
    Object.fromEntries(
      product.options.slice(0, MAX_ATTRIBUTES).flatMap(({ name }, index) => [
        [`Attribute ${index + 1} name`, name],
        [`Attribute ${index + 1} value(s)`, valuesOf(name)],
      ]),
    );
  const all = attributes((name) => toList(product.options.find((option) => option.name === name)?.values ?? []));
  const variations = variants.map((variant) => {
    const shown = product.images.find(({ imageId }) => imageId === variant.imageId);
    const cells = {
      Type: "variation",
      Name: nameOf(product, variant),
      Parent: product.productId,
      ...soldCells(product, variant, view),
    };
    return lineOf({
      ...cells,
      ...attributes((name) => variant.options[name] ?? ""),
      Images: shown ? toList([address(shown)]) : "",
    });
  });
  return lineOf({ ...parent, Type: "variable", SKU: product.productId, ...all }) + variations.join("");
}

function nameOf(product: Product, variant: Variant): string {
  return variant.name === null ? product.name : `${product.name} - ${variant.name}`;
}

function soldCells(product: Product, variant: Variant, { decimals, units }: ForeignView) {
  const amount = (minor: number | null) => (minor === null ? "" : toMajor(minor, decimals).toFixed(decimals));
  const { priceMinor, compareAtMinor, grams, barcode } = soldAs(product, variant);
  const [sale, regular] = compareAtMinor === null ? ["", amount(priceMinor)] : [amount(priceMinor), amount(compareAtMinor)];
  const prices = { "Sale price": sale, "Regular price": regular };
  const available = units.get(variant.variantId)?.available ?? 0;
  const stock = product.isBundle ? {} : { "In stock?": available > 0 ? "1" : "0", Stock: available, "Backorders allowed?": "0" };
  return { ...stock, SKU: variant.sku, "GTIN, UPC, EAN, or ISBN": barcode, "Weight (g)": grams, ...prices };
}

function lineOf(cells: Readonly<Record<string, string | number | null>>): string {
  return csvLine(COLUMNS.map((column) => cells[column] ?? null));
}
