import { majorOrNull } from "../../http/validate.ts";
import { toMajor } from "../../rules/money.ts";
import type { LowStock, StockedProduct, StockedVariant } from "../rules/inventory.ts";
import type { Sums } from "../rules/summary.ts";
import type { InventorySummary } from "./show-summary.ts";
import { toLevelJson } from "../storefront/json.ts";

/** The shop's currency and its decimals. */
interface Money {
  currency: string;
  currencyDecimals: number;
}

/** Shows a product of the inventory, for staff. */
export function toStockedJson(product: StockedProduct, { currency, currencyDecimals: decimals }: Money) {
  return {
    ...toIdentityJson(product),
    status: product.status,
    is_bundle: product.isBundle === 1,
    price: toMajor(product.priceMinor, decimals),
    mrp: majorOrNull(product.mrpMinor, decimals),
    cost_price: majorOrNull(product.costMinor, decimals),
    currency,
    current_stock: product.available,
    on_hand: product.onHand,
    reserved: product.reserved,
    allocated: product.allocated,
    min_stock_level: product.minStockLevel,
    max_stock_level: product.maxStockLevel,
    stock_status: product.stockStatus,
    shortfall: product.shortfall,
    by_warehouse: product.levels.map(toLevelJson),
    variants: product.variants.map(toStockedVariantJson),
  };
}

function toStockedVariantJson(variant: StockedVariant) {
  return {
    variant_id: variant.variantId,
    sku: variant.sku,
    name: variant.name,
    status: variant.status,
    barcode: variant.barcode,
    current_stock: variant.available,
    on_hand: variant.onHand,
    reserved: variant.reserved,
    allocated: variant.allocated,
    min_stock_level: variant.minStockLevel,
    max_stock_level: variant.maxStockLevel,
    stock_status: variant.stockStatus,
    shortfall: variant.shortfall,
  };
}

/** Shows a product or variant with low stock. */
export function toLowStockJson(item: LowStock) {
  return {
    ...toIdentityJson(item),
    variant_id: item.variantId || null,
    variant_name: item.variantName,
    current_stock: item.available,
    min_stock_level: item.minStockLevel,
    shortfall: item.shortfall,
    stock_status: item.stockStatus,
  };
}

function toIdentityJson({ productId, name, sku, category, supplierName }: StockedProduct | LowStock) {
  return { product_id: productId, name, sku, category, supplier_name: supplierName };
}

/** Shows the totals; the category `""` is that of products without one. */
export function toSummaryJson({ shop, categories, others, warehouses, asOfMs }: InventorySummary, { currency, ...money }: Money) {
  const shown = (sums: Sums) => toSumsJson(sums, money.currencyDecimals);
  return {
    summary: {
      ...shown(shop),
      by_category: Object.fromEntries(categories.map((category) => [category.name, shown(category)])),
      other_categories: others && shown(others),
      by_warehouse: Object.fromEntries(warehouses.map(({ name, ...sums }) => [name, toHeldJson(sums, money.currencyDecimals)])),
    },
    currency,
    as_of: new Date(asOfMs).toISOString(),
  };
}

function toSumsJson(sums: Sums, decimals: number) {
  const { total_products: products, ...held } = toHeldJson(sums, decimals);
  return {
    total_products: products,
    active_products: sums.activeProducts,
    in_stock: sums.inStock,
    low_stock: sums.lowStock,
    out_of_stock: sums.outOfStock,
    ...held,
  };
}

function toHeldJson({ products, units, stockValueMinor, retailValueMinor }: Sums, decimals: number) {
  return {
    total_products: products,
    total_units: units,
    total_stock_value: toMajor(stockValueMinor, decimals),
    total_retail_value: toMajor(retailValueMinor, decimals),
  };
}
