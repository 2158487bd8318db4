import { majorOrNull } from "../../http/validate.ts";
import { type Cell, csvLine } from "../../rules/csv.ts";
import { toMajor } from "../../rules/money.ts";
import { type Column, COLUMNS, type ExportFormat } from "../rules/bulk-file.ts";
import { SHOPIFY_HEADER, toShopify } from "../rules/shopify-export.ts";
import { toWooCommerce, WOOCOMMERCE_HEADER } from "../rules/woocommerce-export.ts";
import type { ForeignView } from "../rules/foreign-file.ts";
import { toVariantJson, withoutLostImage } from "../product-json.ts";
import { pathOf, type ProductImage } from "../rules/images.ts";
import type { Product, Variant } from "../rules/product.ts";

/** Without it, spreadsheets do not recognise UTF-8. */
const BYTE_ORDER_MARK = "\uFEFF";

/** The text before the first product. */
export function headerOf(format: ExportFormat): string {
  if (format === "shopify") return BYTE_ORDER_MARK + SHOPIFY_HEADER;
  if (format === "woocommerce") return BYTE_ORDER_MARK + WOOCOMMERCE_HEADER;
  return format === "csv" ? BYTE_ORDER_MARK + csvLine(COLUMNS) : "";
}

/** Writes a product as lines that an import accepts. */
export function lineOf(format: ExportFormat, product: Product, view: ForeignView): string {
  const { decimals } = view;
  if (format === "shopify") return toShopify(product, view);
  if (format === "woocommerce") return toWooCommerce(product, view);
  const row = toRow(product, decimals);
  return format === "csv" ? csvLine(COLUMNS.map((column) => cellOf(row[column]))) : `${JSON.stringify(row)}\n`;
}

function cellOf(value: unknown): Cell {
  if (value === null || value === undefined) return null;
  return typeof value === "string" || typeof value === "number" ? value : JSON.stringify(value);
}

/** A product with one default variant is written with its SKU alone; every other product with all its variants. */
export function toRow(product: Product, decimals: number): Partial<Record<Column, unknown>> {
  const { variants, components } = product;
  const isBySku = hasDefaultVariant(product);
  return {
    product_id: product.productId,
    ...(isBySku && { sku: variants[0]?.sku }),
    name: product.name,
    slug: product.slug,
    description: product.description,
    category: product.category,
    brand: product.brand,
    unit: product.unit,
    status: product.status,
    price: toMajor(product.priceMinor, decimals),
    mrp: majorOrNull(product.mrpMinor, decimals),
    compare_at_price: majorOrNull(product.compareAtMinor, decimals),
    cost_price: majorOrNull(product.costMinor, decimals),
    weight: product.weightGrams,
    ...(product.tags.length > 0 && { tags: product.tags }),
    ...(product.options.length > 0 && { options: product.options }),
    ...(product.images.length > 0 && { images: product.images.map((image) => toImageRow(product.productId, image)) }),
    min_stock_level: product.minStockLevel,
    max_stock_level: product.maxStockLevel,
    max_per_order: product.maxPerOrder,
    max_per_customer: product.maxPerCustomer,
    supplier_name: product.supplierName,
    supplier_contact: product.supplierContact,
    supplier_email: product.supplierEmail,
    barcode: product.barcode,
    ...(!isBySku && {
      variants: variants.map((variant) =>
        toVariantJson(withoutLostImage(variant, product.images), { currencyDecimals: decimals, isStaff: true }),
      ),
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

/** An image by its address; one of this shop by its path, which stays the same wherever the shop is reached. */
function toImageRow(productId: string, { url, alt, files: [whole] }: ProductImage) {
  return { url: url ?? pathOf(productId, whole?.file ?? ""), alt };
}

/** Whether a product has one variant, as one that was given by its SKU alone. */
export function hasDefaultVariant({ productId, variants }: Product): boolean {
  const [first, ...others] = variants;
  return first !== undefined && others.length === 0 && isDefault(first, productId);
}

/** Whether a variant is as that of a product which was given by its SKU alone. */
function isDefault({ sku: _sku, position: _position, ...variant }: Variant, productId: string): boolean {
  const { variantId, status, priceAdjustmentMinor, options, ...optional } = variant;
  const hasOptions = Object.keys(options).length > 0;
  const isPlain = variantId === productId && status === "active" && priceAdjustmentMinor === 0 && !hasOptions;
  return isPlain && Object.values(optional).every((value) => value === null);
}
