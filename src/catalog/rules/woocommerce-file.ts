import {
  type ForeignRecord,
  type ForeignVariant,
  imagesOf,
  isYes,
  type MadeRow,
  optionsOf,
  stockOf,
  variantMembers,
} from "./foreign-file.ts";
import { idOf, sumOf } from "./slug.ts";

// WooCommerce's product file: a variable product, and its variations as records that name it as their parent.
// Source: https://github.com/woocommerce/woocommerce/wiki/Product-CSV-Import-Schema

const BARCODE = "gtin, upc, ean, or isbn";
/** Our own id of a product, as a custom field, which WooCommerce keeps. */
export const OWN_ID = "Meta: holdfast_product_id";
export const MAX_ATTRIBUTES = 5;
const GRAMS: Readonly<Record<string, number>> = { kg: 1_000, g: 1, lbs: 453.592_37, oz: 28.349_523_125 };

/** Whether a header, in lower case, is that of a product file of WooCommerce. */
export function isWooCommerce(header: readonly string[]): boolean {
  return ["type", "sku", "name", "regular price"].every((column) => header.includes(column));
}

/** Makes a row of our import of each product. @param decimals of the shop's currency */
export function fromWooCommerce(records: readonly ForeignRecord[], decimals: number): MadeRow[] {
  const isVariation = ({ cells }: ForeignRecord) => kindsOf(cells).includes("variation");
  const variations = Map.groupBy(records.filter(isVariation), ({ cells }) => cells["parent"] ?? "");
  const parents = records.filter((record) => !isVariation(record));
  const known = new Set(parents.flatMap(({ cells }) => namesOf(cells)));
  const orphans = [...variations].filter(([parent]) => !known.has(parent)).flatMap(([, of]) => of);
  return [
    ...parents.map((record) =>
      toRow(
        record,
        namesOf(record.cells).flatMap((name) => variations.get(name) ?? []),
        decimals,
      ),
    ),
    ...orphans.map(({ row }) => ({ row, error: { field: "Parent", message: "names no product of the file" } })),
  ];
}

/** Which records describe one product: a text for each, the same for a product and its variations. */
export function productsOf(records: readonly Pick<ForeignRecord, "cells">[]): string[] {
  const isVariation = records.map(({ cells }) => kindsOf(cells).includes("variation"));
  const parents = new Map(
    records.flatMap(({ cells }, at) => (isVariation[at] ? [] : namesOf(cells).map((name) => [name, `${at}`]))),
  );
  return records.map(({ cells }, at) => {
    const parent = cells["parent"] ?? "";
    return isVariation[at] ? (parents.get(parent) ?? `of ${parent}`) : `${at}`;
  });
}

function kindsOf(cells: ForeignRecord["cells"]): string[] {
  return (cells["type"] ?? "").toLowerCase().split(/\s*,\s*/);
}

/** How variations name a product. */
function namesOf(cells: ForeignRecord["cells"]): string[] {
  return [cells["sku"] ?? "", cells["id"] ? `id:${cells["id"]}` : ""].filter(Boolean);
}

function toRow({ row, cells }: ForeignRecord, variations: ForeignRecord[], decimals: number): MadeRow {
  const kind = kindsOf(cells).find((each) => each === "grouped" || each === "external");
  if (kind) return { row, error: { field: "Type", message: `is ${kind}, which is no product that has stock of its own` } };
  const productId = productIdOf(cells);
  const sold = variations.length > 0 ? variations.map((each) => toVariant(each.cells, cells)) : [toVariant(cells, undefined)];
  const options = optionsOf(sold);
  const stated = stockOf(productId, sold);
  if ("error" in stated) return { row, error: stated.error };
  const images = listOf(cells["images"]).map((url) => ({ url }));
  const members = {
    product_id: productId,
    ...variantMembers(productId, sold, decimals),
    ...fieldsOf(cells),
    ...(options.length > 0 && { options }),
    ...("images" in cells && { images: imagesOf(images, sold) }),
  };
  return { row, members, ...stated };
}

function productIdOf(cells: ForeignRecord["cells"]): string {
  const own = cells[OWN_ID.toLowerCase().replaceAll("_", " ")] || idOf(cells["sku"] ?? "");
  return own || (cells["id"] ? `woo-${cells["id"]}` : `product-${sumOf(cells["name"] ?? "")}`);
}

/** What each column makes of its cell; a column that the file has not changes nothing. */
const FIELDS: Readonly<Record<string, (cell: string) => Record<string, unknown>>> = {
  name: (cell) => ({ name: cell || null }),
  "short description": (cell) => ({ description: cell || null }),
  description: (cell) => (cell === "" ? {} : { description: cell }),
  categories: (cell) => ({ category: listOf(cell)[0] ?? null }),
  brands: (cell) => ({ brand: listOf(cell)[0] ?? null }),
  tags: (cell) => ({ tags: listOf(cell) }),
  published: (cell) => ({ status: isYes(cell) ? "active" : "archived" }),
  "low stock amount": (cell) => ({ min_stock_level: cell || null }),
  "sold individually?": (cell) => (isYes(cell) ? { max_per_order: 1 } : {}),
};

function fieldsOf(cells: ForeignRecord["cells"]): Record<string, unknown> {
  const made = Object.entries(FIELDS).map(([column, toField]) => (column in cells ? toField(cells[column] ?? "") : {}));
  return Object.assign({}, ...made) as Record<string, unknown>;
}

/** @param parent of a variation; a simple product has none, and its attributes describe it */
function toVariant(cells: ForeignRecord["cells"], parent: ForeignRecord["cells"] | undefined): ForeignVariant {
  const cell = (column: string) => cells[column] ?? "";
  const sale = cell("sale price");
  const numbers = parent ? Array.from({ length: MAX_ATTRIBUTES }, (_, index) => index + 1) : [];
  const chosen = numbers.map((number) => [cell(`attribute ${number} name`), cell(`attribute ${number} value(s)`)] as const);
  return {
    sku: cell("sku") || (parent && cell("id") ? `woo-${cell("id")}` : ""),
    price: sale || cell("regular price"),
    compareAt: sale === "" ? "" : cell("regular price"),
    grams: gramsOf(cells) ?? (parent ? gramsOf(parent) : null),
    barcode: cell(BARCODE),
    options: Object.fromEntries(chosen.filter(([name, value]) => name !== "" && value !== "")),
    imageUrl: parent ? (listOf(cell("images"))[0] ?? "") : "",
    name: parent ? ownName(cell("name"), parent["name"] ?? "") : null,
    stock: unitsOf(cells),
  };
}

/** WooCommerce writes no number where the stock of a product is not managed, and `parent` for a variation where the product's is. */
function unitsOf(cells: ForeignRecord["cells"]): ForeignVariant["stock"] {
  const { stock: cell, "backorders allowed?": backorders = "" } = cells;
  if (cell === undefined) return undefined;
  return { column: "Stock", cell: cell.toLowerCase(), isTracked: cell !== "", isOversold: /^(1|yes|notify)$/i.test(backorders) };
}

/** A variation is named after its product; without options that is all that tells it apart. */
function ownName(name: string, parentName: string): string | null {
  return name.startsWith(`${parentName} - `) ? name.slice(parentName.length + 3) : null;
}

/** The unit of the shop is in the column's name. */
function gramsOf(cells: ForeignRecord["cells"]): number | null {
  for (const [unit, grams] of Object.entries(GRAMS)) {
    const weight = cells[`weight (${unit})`];
    if (weight) return Math.round(Number(weight) * grams);
  }
  return null;
}

/** A list is separated by commas; a comma in a value has a backslash in front. */
function listOf(cell = ""): string[] {
  const parts = cell.split(/(?<!\\),/).map((part) => part.replaceAll("\\,", ",").trim());
  return parts.filter(Boolean);
}
