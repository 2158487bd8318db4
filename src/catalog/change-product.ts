import type { Deps } from "../deps.ts";
import { invalidField, Refusal } from "../errors.ts";
import { refuseTaken } from "../writes/constraint.ts";
import { requireMatch } from "../writes/require-match.ts";
import { writeGuarded } from "../writes/write-guarded.ts";
import type { Plan } from "../writes/write-once.ts";
import type { Keyed, Written } from "../writes/rules/keyed.ts";
import { refreshStock, requireBundle, requireOneVariant, resolveComponents } from "./bundles.ts";
import { categoriesOf, chooseNames } from "./choose-names.ts";
import { TAKEN_FIELDS } from "./create-product.ts";
import { keepCategories } from "./name-queries.ts";
import { deleteComponents, findComponents, findProduct, insertComponents, updateProduct } from "./queries.ts";
import { listImages, variantImageErrors, type WantedImage } from "./rules/images.ts";
import { completeOptions } from "./rules/options.ts";
import {
  hasValidStockLevels,
  type Product,
  type ProductFields,
  type UnnamedVariant,
  type WantedComponent,
} from "./rules/product.ts";
import { changesListFigures } from "./rules/import-row.ts";
import { negativePriceError, applyVariants } from "./rules/variants.ts";
import { findVariants, insertVariants, updateVariants } from "./variant-queries.ts";

/** A change of a product; absent members stay as they are. */
export interface ProductChange {
  fields: Partial<ProductFields>;
  /** Only for a product with one variant. */
  sku?: string | undefined;
  variants?: UnnamedVariant[] | undefined;
  /** Replaces all components. */
  components?: WantedComponent[] | undefined;
  /** Lists all images. */
  images?: WantedImage[] | undefined;
}

/**
 * Changes a product, its variants or a bundle's components. Of two concurrent changes, the second is decided on the result of the first.
 * @throws Refusal `not_found`, `precondition_failed`, `already_exists` naming the taken id, `invalid_bundle`, `validation_failed`
 */
export async function changeProduct(
  deps: Deps,
  keyed: Keyed | undefined,
  productId: string,
  change: ProductChange,
): Promise<Written<Product>> {
  let before: Product | undefined;
  const planned = async () => {
    before = await readProduct(deps, productId);
    requireMatch(deps, before.updatedAtMs);
    return plan(deps, before, change);
  };
  const written = await writeGuarded(deps, keyed, guardsOf(change), planned, (error) => refuseTaken(error, TAKEN_FIELDS));
  // The attempt that a repeat replays may have died before this.
  if (!before || written.replayed || changesListFigures(before, written.answer)) await refreshStock(deps, written.answer);
  return written;
}

/** Others may change the product meanwhile, or take the id that was chosen for a new variant. */
function guardsOf({ variants = [] }: ProductChange): string[] {
  const isChosen = variants.some(({ variantId }) => variantId === undefined);
  return ["products.updated_at_ms", ...(isChosen ? ["variants.variant_id"] : [])];
}

async function plan(deps: Deps, before: Product, change: ProductChange): Promise<Plan<Product>> {
  const { productId } = before;
  // Two changes in one millisecond get different times, which the guard of `updateProduct` relies on.
  const updatedAtMs = Math.max(deps.nowMs(), before.updatedAtMs + 1);
  const { fields, variants } = await decide(deps, before, change);
  if (before.isBundle) requireOneVariant(variants.all);
  const components = change.components ? await newComponents(deps, before, change.components) : before.components;
  const after = { ...fields, updatedAtMs, variants: variants.all, components };
  const queries = [updateProduct(before, after)];
  if (variants.changed.length > 0) queries.push(updateVariants(variants.changed));
  if (variants.added.length > 0) queries.push(insertVariants(productId, variants.added));
  if (change.components) queries.push(deleteComponents(productId), insertComponents(productId, components));
  if (after.category !== before.category) queries.push(...keepCategories(categoriesOf([after]), updatedAtMs));
  const changes = [{ action: "product.change", recordType: "product", recordId: productId, before, after }];
  return { queries, changes, answer: after, status: 200 };
}

/** Decides a product's fields and variants after a change. @throws Refusal `validation_failed` */
async function decide(deps: Deps, before: Product, change: ProductChange) {
  const given = { ...before, ...change.fields };
  if (!hasValidStockLevels(given)) throw invalidField("max_stock_level", "must not be below min_stock_level");
  const { variants: named } = await chooseNames(deps, {
    ...given,
    slug: given.slug ?? "",
    variants: variantChanges(before, change),
    before: before.variants,
  });
  const variants = applyVariants(before.variants, named);
  const { options, errors } = completeOptions(given.options, variants.all);
  const listed = change.images && listImages(before.productId, before.images, change.images);
  const fields = { ...given, options, images: listed?.images ?? before.images };
  const error = [
    ...variants.errors,
    ...errors,
    ...(listed?.errors ?? []),
    ...variantImageErrors(fields.images, variants.all, before.variants),
    ...[negativePriceError(fields.priceMinor, variants.all)].filter((each) => each !== undefined),
  ][0];
  if (error) throw invalidField(error.field, error.message);
  return { fields, variants };
}

/** Reads a product with its variants and components. @throws Refusal `not_found` */
export async function readProduct(deps: Deps, productId: string): Promise<Product> {
  const { head, variants, components } = await deps.db.batch("read product", {
    head: findProduct(productId),
    variants: findVariants(productId),
    components: findComponents(productId),
  });
  if (!head) throw new Refusal("not_found", `There is no product ${productId}.`);
  return { ...head, variants, components };
}

function variantChanges(before: Product, { sku, variants = [] }: ProductChange): UnnamedVariant[] {
  if (sku === undefined) return variants;
  const [only, ...others] = before.variants;
  if (!only || others.length > 0) throw invalidField("sku", "the product has several variants; name one in variants");
  return [{ variantId: only.variantId, sku }];
}

function newComponents(deps: Deps, before: Product, wanted: WantedComponent[]) {
  requireBundle(before);
  return resolveComponents(deps, wanted, before.components);
}
