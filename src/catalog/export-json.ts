import { majorOrNull } from "../http/validate.ts";
import { toCell } from "../rules/csv.ts";
import { toMajor } from "../rules/money.ts";
import { type BulkFormat, type Column, COLUMNS } from "./rules/bulk-file.ts";
import { toCsvLine } from "./rules/csv-cell.ts";
import { toVariantJson } from "./product-json.ts";
import type { Product } from "./rules/product.ts";

/** Without it, spreadsheets take UTF-8 for something else. */
const BYTE_ORDER_MARK = "\uFEFF";

/** What stands before the first product. */
export function headOf(format: BulkFormat): string {
  return format === "csv" ? BYTE_ORDER_MARK + toCsvLine(COLUMNS) : "";
}

/** Writes a product as a line that an import takes. @param decimals of the shop's currency */
export function lineOf(format: BulkFormat, product: Product, decimals: number): string {
  const row = toRow(product, decimals);
  return format === "csv" ? toCsvLine(COLUMNS.map((column) => cellOf(row[column]))) : `${JSON.stringify(row)}\n`;
}

function cellOf(value: unknown): string {
  if (value === null || value === undefined) return "";
  if (typeof value === "string") return toCell(value);
  return typeof value === "number" ? String(value) : JSON.stringify(value);
}

/** What one SKU says of a product with one plain variant is said by it; of every other product all variants are told. */
function toRow(product: Product, decimals: number): Partial<Record<Column, unknown>> {
  const { variants, components } = product;
  const [first, ...others] = variants;
  const isPlain =
    first?.variantId === product.productId &&
    first.name === null &&
    first.status === "active" &&
    first.priceAdjustmentMinor === 0 &&
    others.length === 0;
  return {
    product_id: product.productId,
    ...(isPlain && { sku: first.sku }),
    name: product.name,
    description: product.description,
    category: product.category,
    brand: product.brand,
    unit: product.unit,
    status: product.status,
    price: toMajor(product.priceMinor, decimals),
    mrp: majorOrNull(product.mrpMinor, decimals),
    cost_price: majorOrNull(product.costMinor, decimals),
    min_stock_level: product.minStockLevel,
    max_stock_level: product.maxStockLevel,
    supplier_name: product.supplierName,
    supplier_contact: product.supplierContact,
    supplier_email: product.supplierEmail,
    barcode: product.barcode,
    ...(!isPlain && {
      variants: variants.map((variant) => toVariantJson(variant, decimals)),
    }),
    ...(components.length > 0 && {
      components: components.map(({ productId, variantId, quantity }) => ({
        product_id: productId,
        variant_id: variantId,
        quantity,
      })),
    }),
  };
}
