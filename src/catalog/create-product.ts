import type { Deps } from "../deps.ts";
import { invalidField } from "../errors.ts";
import { refuseTaken } from "../writes/constraint.ts";
import { type Plan, writeOnce } from "../writes/write-once.ts";
import type { Keyed, Written } from "../writes/rules/keyed.ts";
import { refreshStock, requireOneVariant, resolveComponents } from "./bundles.ts";
import { insertComponents, insertProduct } from "./queries.ts";
import {
  hasMoreFigures,
  hasValidStockLevels,
  type Product,
  type ProductFields,
  type VariantChange,
  type WantedComponent,
} from "./rules/product.ts";
import { negativePriceError, applyVariants } from "./rules/variants.ts";
import { insertVariants } from "./variant-queries.ts";

/** The request's field for each unique column. */
export const TAKEN_FIELDS = {
  "products.product_id": "product_id",
  "variants.variant_id": "variant_id",
  "variants.sku": "sku",
  "products.gtin": "barcode",
  "variants.gtin": "barcode",
};

/** A product to create. With components it is a bundle. */
export interface NewProduct {
  productId: string;
  fields: ProductFields;
  variants: VariantChange[];
  components: WantedComponent[];
}

/**
 * Creates a product with its variants, or a bundle with its components.
 * @param check further checks, which may throw a Refusal; not called if the key has its answer already
 * @throws Refusal `already_exists` naming the taken id, `invalid_bundle`, `validation_failed`
 */
export async function createProduct(
  deps: Deps,
  keyed: Keyed | undefined,
  wanted: NewProduct,
  check: () => Promise<void> = async () => {},
): Promise<Written<Product>> {
  const planned = async () => {
    await check();
    return plan(deps, wanted);
  };
  const written = await writeOnce(deps, keyed, planned, (error) => refuseTaken(error, TAKEN_FIELDS));
  if (hasMoreFigures(written.answer)) await refreshStock(deps, written.answer);
  return written;
}

async function plan(deps: Deps, { productId, fields, ...wanted }: NewProduct): Promise<Plan<Product>> {
  if (!hasValidStockLevels(fields)) throw invalidField("max_stock_level", "must not be below min_stock_level");
  const { all: variants, errors } = applyVariants([], wanted.variants);
  const error = errors[0] ?? negativePriceError(fields.priceMinor, variants);
  if (error) throw invalidField(error.field, error.message);
  const isBundle = wanted.components.length > 0;
  if (isBundle) requireOneVariant(variants);
  const components = isBundle ? await resolveComponents(deps, wanted.components) : [];
  const atMs = deps.nowMs();
  const product = { productId, ...fields, isBundle, createdAtMs: atMs, updatedAtMs: atMs, variants, components };
  const queries = [insertProduct(product), insertVariants(productId, variants)];
  if (isBundle) queries.push(insertComponents(productId, components));
  const changes = [{ action: "product.create", recordType: "product", recordId: productId, after: product }];
  return { queries, changes, answer: product, status: 201 };
}
