import { minorOf } from "../http/validate.ts";
import type { ProductChange } from "./change-product.ts";
import type * as contract from "./contract.ts";
import type { NewProduct } from "./create-product.ts";
import { type ProductFields, FIELD_DEFAULTS, type UnnamedVariant } from "./rules/product.ts";

/** Maps the request of a new product. @param decimals of the shop's currency */
export function toNewProduct(body: contract.NewProductBody, decimals: number): NewProduct {
  const given = givenFields(body, decimals);
  const fields = { ...FIELD_DEFAULTS, ...given, name: body.name, priceMinor: minorOf("price", body.price, decimals) };
  const only = [{ variantId: body.product_id, sku: body.sku }];
  return {
    productId: body.product_id,
    fields,
    variants: toVariants(body.variants, decimals) ?? only,
    components: toComponents(body.components) ?? [],
    images: toImages(body.images),
  };
}

/** Maps the request of a change. @param decimals of the shop's currency */
export function toProductChange(body: contract.ProductChangeBody, decimals: number): ProductChange {
  return {
    fields: givenFields(body, decimals),
    sku: body.sku,
    variants: toVariants(body.variants, decimals),
    components: toComponents(body.components),
    images: toImages(body.images),
  };
}

function givenFields(body: contract.ProductChangeBody, decimals: number): Partial<ProductFields> {
  const minor = <T extends number | null | undefined>(field: string, major: T) =>
    typeof major === "number" ? minorOf(field, major, decimals) : major;
  return defined({
    name: body.name,
    description: body.description,
    category: body.category,
    brand: body.brand,
    unit: body.unit,
    status: body.status,
    priceMinor: body.price === undefined ? undefined : minorOf("price", body.price, decimals),
    slug: body.slug,
    mrpMinor: minor("mrp", body.mrp),
    compareAtMinor: minor("compare_at_price", body.compare_at_price),
    weightGrams: body.weight,
    tags: body.tags,
    options: body.options,
    costMinor: minor("cost_price", body.cost_price),
    minStockLevel: body.min_stock_level,
    maxStockLevel: body.max_stock_level,
    maxPerOrder: body.max_per_order,
    maxPerCustomer: body.max_per_customer,
    supplierName: body.supplier_name,
    supplierContact: body.supplier_contact,
    supplierEmail: body.supplier_email,
    barcode: body.barcode,
  });
}

function defined<T extends object>(fields: T) {
  const given = Object.entries(fields).filter(([, value]) => value !== undefined);
  return Object.fromEntries(given) as { [K in keyof T]?: Exclude<T[K], undefined> };
}

function toVariants(variants: contract.ProductChangeBody["variants"], decimals: number): UnnamedVariant[] | undefined {
  const minor = (field: string, major: number, index: number) => minorOf(`variants[${index}].${field}`, major, decimals);
  return variants?.map(
    ({ variant_id: variantId, price_adjustment: adjustment, compare_at_price: compareAt, ...variant }, index) => ({
      variantId,
      sku: variant.sku,
      name: variant.name,
      status: variant.status,
      priceAdjustmentMinor: adjustment === undefined ? undefined : minor("price_adjustment", adjustment, index),
      compareAtMinor: typeof compareAt === "number" ? minor("compare_at_price", compareAt, index) : compareAt,
      options: variant.options,
      weightGrams: variant.weight,
      imageId: variant.image_id,
      minStockLevel: variant.min_stock_level,
      maxStockLevel: variant.max_stock_level,
      barcode: variant.barcode,
    }),
  );
}

function toImages(images: contract.ProductChangeBody["images"]) {
  return images?.map(({ image_id: imageId, url, alt }) => ({ imageId, url, alt }));
}

function toComponents(components: contract.ProductChangeBody["components"]) {
  return components?.map(({ product_id: productId, variant_id: variantId, quantity }) => ({ productId, variantId, quantity }));
}
