import { toImageJson } from "../../catalog/product-json.ts";
import type { ProductImage } from "../../catalog/rules/images.ts";
import { majorOrNull } from "../../http/validate.ts";
import { toMajor } from "../../rules/money.ts";
import { toLocationJson } from "../../warehouses/warehouse-json.ts";
import type { Checked } from "./check-availability.ts";
import { available, type Units } from "../rules/levels.ts";
import { type Availability, type ComponentAvailability, type ListedProduct, sharedReason } from "../rules/availability.ts";
import type { ProductStock, VariantStock } from "./show-product.ts";

/** Shows a product in a list. */
export function toListedJson(
  product: ListedProduct,
  { currency, decimals, origin }: { currency: string; decimals: number; origin: string },
) {
  return {
    product_id: product.productId,
    slug: product.slug,
    name: product.name,
    category: product.category,
    brand: product.brand,
    unit: product.unit,
    status: product.status,
    is_bundle: product.isBundle === 1,
    price: toMajor(product.priceMinor, decimals),
    mrp: majorOrNull(product.mrpMinor, decimals),
    compare_at_price: majorOrNull(product.compareAtMinor, decimals),
    image: product.image === null ? null : toImageJson(product.productId, JSON.parse(product.image) as ProductImage, origin),
    currency,
    current_stock: product.available,
    in_stock: product.available > 0,
  };
}

/** Shows the availability of a product. @param options `isStaff` adds the members for staff */
export function toAvailabilityJson({ variants, parts, ranking, asOfMs }: ProductStock, options: { isStaff: boolean }) {
  const currentStock = variants.reduce((sum, variant) => sum + variant.currentStock, 0);
  return {
    current_stock: currentStock,
    in_stock: currentStock > 0,
    unavailable_reason: sharedReason(variants.map(({ unavailable }) => unavailable)),
    variants: variants.map((variant) => toVariantJson(variant, options)),
    components: parts.map(toPartJson),
    ranked_by: ranking.rankedBy,
    location: toLocationJson(ranking.location),
    as_of: new Date(asOfMs).toISOString(),
  };
}

/** Shows whether one order could get a quantity. */
export function toCheckedJson({ parts, ranking, ...checked }: Checked, quantity: number) {
  return {
    product_id: checked.productId,
    variant_id: checked.variantId,
    requested_quantity: quantity,
    available: checked.currentStock >= quantity,
    ...toSupplyJson(checked),
    components: parts.map((part) => ({ ...toPartJson(part), ...toSupplyJson(part) })),
    ranked_by: ranking.rankedBy,
    location: toLocationJson(ranking.location),
  };
}

function toVariantJson({ variantId, levels, unavailable, ...supply }: VariantStock, { isStaff }: { isStaff: boolean }) {
  const shown = { variant_id: variantId, current_stock: supply.currentStock, unavailable_reason: unavailable };
  return isStaff ? { ...shown, ...toSupplyJson(supply), by_warehouse: levels.map(toLevelJson) } : shown;
}

function toSupplyJson({ currentStock, onHand, reserved, allocated }: Availability) {
  return { current_stock: currentStock, on_hand: onHand, reserved, allocated };
}

function toPartJson({ productId, variantId, quantity, currentStock }: ComponentAvailability) {
  return { product_id: productId, variant_id: variantId, quantity, current_stock: currentStock };
}

/** Shows the units of a level. */
export function toLevelJson(level: Units & { warehouseId: string }) {
  const { warehouseId, onHand, reserved, allocated } = level;
  return { warehouse_id: warehouseId, on_hand: onHand, reserved, allocated, available: available(level) };
}
