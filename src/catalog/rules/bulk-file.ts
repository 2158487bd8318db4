/** The formats of an import or export, with their media types. */
export const BULK_FORMATS = { csv: "text/csv", ndjson: "application/x-ndjson" } as const;
export type BulkFormat = keyof typeof BULK_FORMATS;

/** The formats of an export: our own, and the product files of other shop systems, which are CSV. */
export const EXPORT_FORMATS = { ...BULK_FORMATS, shopify: BULK_FORMATS.csv, woocommerce: BULK_FORMATS.csv } as const;
export type ExportFormat = keyof typeof EXPORT_FORMATS;

/** The columns of an export, in their order; an import requires only `product_id`. */
export const COLUMNS = [
  "product_id",
  "sku",
  "name",
  "slug",
  "description",
  "category",
  "brand",
  "unit",
  "status",
  "price",
  "mrp",
  "compare_at_price",
  "cost_price",
  "weight",
  "tags",
  "options",
  "images",
  "min_stock_level",
  "max_stock_level",
  "max_per_order",
  "max_per_customer",
  "supplier_name",
  "supplier_contact",
  "supplier_email",
  "barcode",
  "variants",
  "components",
] as const;
export type Column = (typeof COLUMNS)[number];

/** Why a header cannot be imported, or `undefined`. `field` is the column. */
export function headerProblem(header: readonly string[]): { field: string; message: string } | undefined {
  const unknown = header.find((name) => !(COLUMNS as readonly string[]).includes(name));
  if (unknown !== undefined)
    return { field: unknown || "header", message: `is not a column; the columns are ${COLUMNS.join(", ")}` };
  const repeated = header.find((name, index) => header.indexOf(name) < index);
  if (repeated !== undefined) return { field: repeated, message: "is a column twice" };
  return header.includes("product_id") ? undefined : { field: "product_id", message: "is the column that must be there" };
}
