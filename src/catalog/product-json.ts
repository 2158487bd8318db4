import { majorOrNull } from "../http/validate.ts";
import { type Minor, toMajor } from "../rules/money.ts";
import type { Component, Product, Variant } from "./rules/product.ts";

/** How to show a product: the shop's currency, and whether to include the members for staff. */
export interface ProductView {
  currency: string;
  currencyDecimals: number;
  isStaff: boolean;
}

/** Shows a product as `productSchema` promises it. */
export function toProductJson(product: Product, view: ProductView) {
  const major = (minor: Minor | null) => majorOrNull(minor, view.currencyDecimals);
  return {
    product_id: product.productId,
    name: product.name,
    description: product.description,
    category: product.category,
    brand: product.brand,
    unit: product.unit,
    status: product.status,
    is_bundle: product.isBundle,
    price: toMajor(product.priceMinor, view.currencyDecimals),
    mrp: major(product.mrpMinor),
    barcode: product.barcode,
    max_per_order: product.maxPerOrder,
    max_per_customer: product.maxPerCustomer,
    currency: view.currency,
    variants: product.variants.map((variant) => toVariantJson(variant, view)),
    components: product.components.map(toComponentJson),
    created_at: new Date(product.createdAtMs).toISOString(),
    updated_at: new Date(product.updatedAtMs).toISOString(),
    ...(view.isStaff && {
      cost_price: major(product.costMinor),
      min_stock_level: product.minStockLevel,
      max_stock_level: product.maxStockLevel,
      supplier_name: product.supplierName,
      supplier_contact: product.supplierContact,
      supplier_email: product.supplierEmail,
    }),
  };
}

/** Shows a variant as `variantSchema` promises it. */
export function toVariantJson(variant: Variant, { currencyDecimals, isStaff }: Omit<ProductView, "currency">) {
  return {
    variant_id: variant.variantId,
    sku: variant.sku,
    name: variant.name,
    status: variant.status,
    price_adjustment: toMajor(variant.priceAdjustmentMinor, currencyDecimals),
    barcode: variant.barcode,
    ...(isStaff && { min_stock_level: variant.minStockLevel, max_stock_level: variant.maxStockLevel }),
  };
}

function toComponentJson({ productId, variantId, quantity, name }: Component) {
  return { product_id: productId, variant_id: variantId, quantity, name };
}
