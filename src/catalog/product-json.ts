import { majorOrNull } from "../http/validate.ts";
import { type Minor, toMajor } from "../rules/money.ts";
import { pathOf, type ProductImage } from "./rules/images.ts";
import { type Component, FIELD_DEFAULTS, type Product, type Variant } from "./rules/product.ts";

/** How to show a product: the shop's currency, and whether to include the members for staff. */
export interface ProductView {
  currency: string;
  currencyDecimals: number;
  isStaff: boolean;
  /** Where this shop is reached, such as `https://shop.example`, for the addresses of its images. */
  origin: string;
}

/** Shows a product as `productSchema` promises it; an answer that an earlier release kept lacks what is newer. */
export function toProductJson(kept: Product, view: ProductView) {
  const product = { ...FIELD_DEFAULTS, ...kept };
  const major = (minor: Minor | null) => majorOrNull(minor, view.currencyDecimals);
  return {
    product_id: product.productId,
    slug: product.slug ?? product.productId,
    name: product.name,
    description: product.description,
    category: product.category,
    brand: product.brand,
    unit: product.unit,
    status: product.status,
    is_bundle: product.isBundle,
    price: toMajor(product.priceMinor, view.currencyDecimals),
    mrp: major(product.mrpMinor),
    compare_at_price: major(product.compareAtMinor),
    weight: product.weightGrams,
    weight_unit: "g" as const,
    tags: product.tags,
    options: product.options,
    images: product.images.map((image) => toImageJson(product.productId, image, view.origin)),
    barcode: product.barcode,
    max_per_order: product.maxPerOrder,
    max_per_customer: product.maxPerCustomer,
    currency: view.currency,
    variants: product.variants.map((variant) => toVariantJson(withoutLostImage(variant, product.images), view)),
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

/** What kept answers of earlier releases lack. */
const NEW_FIELDS = { options: {}, weightGrams: null, compareAtMinor: null, imageId: null };

/** Shows a variant as `variantSchema` promises it. */
export function toVariantJson(kept: Variant, { currencyDecimals, isStaff }: Omit<ProductView, "currency" | "origin">) {
  const variant = { ...NEW_FIELDS, ...kept };
  return {
    variant_id: variant.variantId,
    sku: variant.sku,
    name: variant.name,
    status: variant.status,
    price_adjustment: toMajor(variant.priceAdjustmentMinor, currencyDecimals),
    barcode: variant.barcode,
    options: variant.options,
    weight: variant.weightGrams,
    image_id: variant.imageId,
    compare_at_price: majorOrNull(variant.compareAtMinor, currencyDecimals),
    ...(isStaff && { min_stock_level: variant.minStockLevel, max_stock_level: variant.maxStockLevel }),
  };
}

/** A deleted image shows no variant any more. */
export function withoutLostImage(variant: Variant, images: readonly ProductImage[]): Variant {
  const hasImage = images.some(({ imageId }) => imageId === variant.imageId);
  return hasImage ? variant : { ...variant, imageId: null };
}

/** Shows an image as `imageSchema` promises it. */
export function toImageJson(productId: string, { imageId, alt, url, files }: ProductImage, origin: string) {
  const [whole, ...smaller] = files.map(({ file, width, height }) => ({ url: origin + pathOf(productId, file), width, height }));
  const { width = null, height = null } = whole ?? {};
  return { image_id: imageId, url: whole?.url ?? url ?? "", alt, width, height, sizes: whole ? [...smaller, whole] : [] };
}

function toComponentJson({ productId, variantId, quantity, name }: Component) {
  return { product_id: productId, variant_id: variantId, quantity, name };
}
