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

// Shopify's product file: records with one handle make a product, each with a variant, an image or both.
// Source: https://help.shopify.com/en/manual/products/import-export/using-csv, both the names of columns since 2025 and those before

/** What Shopify names the only variant of a product without options. */
export const ONLY = { name: "Title", value: "Default Title" };

/** The columns that newer files name otherwise; blanks stand for hyphens. */
const RENAMED: Readonly<Record<string, string>> = {
  "url handle": "handle",
  description: "body (html)",
  sku: "variant sku",
  price: "variant price",
  "compare at price": "variant compare at price",
  barcode: "variant barcode",
  "weight value (grams)": "variant grams",
  "inventory tracker": "variant inventory tracker",
  "inventory quantity": "variant inventory qty",
  "continue selling when out of stock": "variant inventory policy",
  "product image url": "image src",
  "variant image url": "variant image",
};

/** Whether a header, in lower case, is that of a product file of Shopify. */
export function isShopify(header: readonly string[]): boolean {
  const has = (name: string) => header.some((column) => (RENAMED[column] ?? column) === name);
  return has("handle") && has("title") && (has("variant price") || has("image src"));
}

/** The handle of the product that a record belongs to. */
export function handleOf(cells: ForeignRecord["cells"]): string {
  return cells["handle"] ?? cells["url handle"] ?? "";
}

/** Makes a row of our import of each product. @param decimals of the shop's currency */
export function fromShopify(records: readonly ForeignRecord[], decimals: number): MadeRow[] {
  const renamed = records.map(({ row, cells }) => ({
    row,
    cells: Object.fromEntries(Object.entries(cells).map(([column, cell]) => [RENAMED[column] ?? column, cell])),
  }));
  return [...Map.groupBy(renamed, ({ cells }) => cells["handle"] ?? "").entries()].map(([handle, of]) =>
    toRow(handle, of, decimals),
  );
}

function toRow(handle: string, records: ForeignRecord[], decimals: number): MadeRow {
  const [first] = records;
  const { row, cells: head = {} } = first ?? { row: 0 };
  if (handle === "") return { row, error: { field: "Handle", message: "is empty; it names the product of a record" } };
  const productId = idOfHandle(handle);
  const names = [1, 2, 3].map((number) => head[`option${number} name`] ?? "");
  const variants = records.filter(isVariant).map(({ cells }) => toVariant(cells, names));
  const members = { product_id: productId, ...variantMembers(productId, variants, decimals) };
  const has = (column: string) => column in head;
  const text = (column: string) => (has(column) ? head[column] || null : undefined);
  const options = optionsOf(variants);
  const stated = stockOf(productId, variants);
  if ("error" in stated) return { row, error: stated.error };
  return {
    row,
    ...stated,
    newSlug: handle.toLowerCase(),
    members: {
      ...members,
      name: text("title"),
      description: text("body (html)"),
      brand: text("vendor"),
      category: has("type") ? head["type"] || head["product category"] || null : text("product category"),
      cost_price: text("cost per item"),
      ...(has("tags") && {
        tags: (head["tags"] ?? "")
          .split(",")
          .map((tag) => tag.trim())
          .filter(Boolean),
      }),
      ...statusOf(head),
      ...(options.length > 0 && { options }),
      ...(has("image src") && { images: imagesOf(toImages(records), variants) }),
    },
  };
}

/** The id of the product of a handle, which is its slug. */
export function idOfHandle(handle: string): string {
  return idOf(handle) === handle ? handle : `${idOf(handle) ?? "product"}-${sumOf(handle)}`;
}

/** A record that only has an image has no price and no option. */
function isVariant({ cells }: ForeignRecord): boolean {
  return ["variant price", "variant sku", "option1 value"].some((column) => (cells[column] ?? "") !== "");
}

function toVariant(cells: ForeignRecord["cells"], names: readonly string[]): ForeignVariant {
  const cell = (column: string) => cells[column] ?? "";
  const chosen = names
    .map((name, index): [string, string] => [name, cell(`option${index + 1} value`)])
    .filter(([name, value]) => name && value);
  const [[name, value] = ["", ""], ...others] = chosen;
  const isUnnamed = others.length === 0 && name === ONLY.name;
  const grams = cell("variant grams");
  return {
    sku: cell("variant sku"),
    price: cell("variant price"),
    compareAt: cell("variant compare at price"),
    grams: grams === "" ? null : Math.round(Number(grams)),
    // Shopify puts a quote in front of a barcode, so that a spreadsheet keeps its zeros.
    barcode: cell("variant barcode").replace(/^'/, ""),
    options: isUnnamed ? {} : Object.fromEntries(chosen),
    imageUrl: cell("variant image"),
    name: isUnnamed && value !== ONLY.value ? value : null,
    stock: unitsOf(cells),
  };
}

/** Shopify does not track a variant without a tracker. A file without that column says nothing of it. */
function unitsOf(cells: ForeignRecord["cells"]): ForeignVariant["stock"] {
  const { "variant inventory qty": cell, "variant inventory tracker": tracker, "variant inventory policy": policy = "" } = cells;
  const isStated = cell !== undefined && (cell !== "" || tracker === "");
  if (!isStated) return undefined;
  const isOversold = /^(continue|true|yes)$/i.test(policy);
  return { column: "Variant Inventory Qty", cell, isTracked: tracker !== "", isOversold };
}

function toImages(records: readonly ForeignRecord[]) {
  const at = ({ cells }: ForeignRecord) => Number(cells["image position"] || Infinity);
  const placed = records.toSorted((a, b) => at(a) - at(b) || a.row - b.row);
  return placed.map(({ cells }) => ({ url: cells["image src"] ?? "", alt: cells["image alt text"] || null }));
}

function statusOf(head: ForeignRecord["cells"]): { status?: "active" | "archived" } {
  const said = head["status"] || head["published"] || head["published on online store"];
  return said ? { status: isYes(said) ? "active" : "archived" } : {};
}
