import type { Deps } from "../deps.ts";
import { invalidField } from "../errors.ts";
import { refuseTaken } from "../writes/constraint.ts";
import { writeGuarded } from "../writes/write-guarded.ts";
import type { Plan } from "../writes/write-once.ts";
import type { Keyed, Written } from "../writes/rules/keyed.ts";
import { refreshStock, requireOneVariant, resolveComponents } from "./bundles.ts";
import { categoriesOf, chooseNames } from "./choose-names.ts";
import { keepCategories } from "./name-queries.ts";
import { insertComponents, insertProduct } from "./queries.ts";
import { listImages, variantImageErrors, type WantedImage } from "./rules/images.ts";
import { completeOptions } from "./rules/options.ts";
import {
  hasMoreFigures,
  hasValidStockLevels,
  type Product,
  type ProductFields,
  type UnnamedVariant,
  type WantedComponent,
} from "./rules/product.ts";
import { negativePriceError, applyVariants } from "./rules/variants.ts";
import { insertVariants } from "./variant-queries.ts";

/** The request's field for each unique column. */
export const TAKEN_FIELDS = {
  "products.product_id": "product_id",
  "variants.variant_id": "variant_id",
  "variants.sku": "sku",
  "products.slug": "slug",
  "products.gtin": "barcode",
  "variants.gtin": "barcode",
};

/** A product to create. With components it is a bundle. */
export interface NewProduct {
  /** Absent ids of the product and its variants are made of SKUs and the name; so is a slug that is null. */
  productId?: string | undefined;
  fields: ProductFields;
  variants: UnnamedVariant[];
  components: WantedComponent[];
  /** Addresses elsewhere: a new product has no files yet. */
  images?: WantedImage[] | undefined;
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
  let attempts = 0;
  const planned = async () => {
    await check();
    attempts += 1;
    return plan(deps, wanted, attempts > 1);
  };
  const written = await writeGuarded(deps, keyed, chosenNames(wanted), planned, (error) => refuseTaken(error, TAKEN_FIELDS));
  if (hasMoreFigures(written.answer)) await refreshStock(deps, written.answer);
  return written;
}

/** The columns whose values are chosen here: if another request takes one first, others are chosen. */
function chosenNames({ productId, fields, variants }: NewProduct): string[] {
  return [
    ...(fields.slug === null ? ["products.slug"] : []),
    ...(productId === undefined ? ["products.product_id"] : []),
    ...(variants.some(({ variantId }) => variantId === undefined) ? ["variants.variant_id"] : []),
  ];
}

async function plan(deps: Deps, wanted: NewProduct, isContested: boolean): Promise<Plan<Product>> {
  if (!hasValidStockLevels(wanted.fields)) throw invalidField("max_stock_level", "must not be below min_stock_level");
  const { productId, slug, variants: named } = await chooseNames(deps, { ...wanted, ...wanted.fields, isContested });
  const withSkus = named.map((variant) => ({ ...variant, sku: variant.sku ?? variant.variantId }));
  const { all: variants, errors } = applyVariants([], withSkus);
  const { options, errors: optionErrors } = completeOptions(wanted.fields.options, variants);
  const { images, errors: imageErrors } = listImages(productId, [], wanted.images ?? []);
  const fields = { ...wanted.fields, slug, options, images };
  const error =
    errors[0] ??
    optionErrors[0] ??
    imageErrors[0] ??
    variantImageErrors(images, variants)[0] ??
    negativePriceError(fields.priceMinor, variants);
  if (error) throw invalidField(error.field, error.message);
  const isBundle = wanted.components.length > 0;
  if (isBundle) requireOneVariant(variants);
  const components = isBundle ? await resolveComponents(deps, wanted.components) : [];
  const atMs = deps.nowMs();
  const product = { productId, ...fields, isBundle, createdAtMs: atMs, updatedAtMs: atMs, variants, components };
  const queries = [insertProduct(product), insertVariants(productId, variants)];
  if (isBundle) queries.push(insertComponents(productId, components));
  queries.push(...keepCategories(categoriesOf([product]), atMs));
  const changes = [{ action: "product.create", recordType: "product", recordId: productId, after: product }];
  return { queries, changes, answer: product, status: 201 };
}
