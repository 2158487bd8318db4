import type { Deps } from "../deps.ts";
import { type CategoryToKeep, findTaken, findUnnamed, keepCategories, nameProducts } from "./name-queries.ts";
import type { UnnamedVariant, Variant, VariantChange } from "./rules/product.ts";
import { alternativesOf, chooseSlugs, firstFree, idOf, slugChoices, slugOf, sortNameOf, sumOf } from "./rules/slug.ts";

/** How many products without a slug one run of the cron names. */
const NAMED_PER_RUN = 500;

/** What a request says of a product's names; absent ones are chosen. */
interface Said {
  productId?: string | undefined;
  slug: string | null;
  name: string;
  /** Its variants, which may lack ids. */
  variants: readonly UnnamedVariant[];
  /** The variants that it has, by whose SKUs the request may name them. */
  before?: readonly Variant[];
  /** Others took the names that were chosen before. */
  isContested?: boolean;
}

interface Chosen {
  productId: string;
  slug: string;
  variants: VariantChange[];
}

/** Chooses the names of a product that a request leaves out: unique, and made of its name and SKUs. Reads D1 only if one is missing. */
export async function chooseNames(deps: Deps, said: Said): Promise<Chosen> {
  const [first, ...others] = said.variants;
  const choices = (name: string) => alternativesOf(name, random, said.isContested);
  const random = deps.newTry().slice(-6);
  const ids = said.productId ? [said.productId] : choices(idOf(first?.sku ?? "") ?? idOf(slugOf(said.name, "")) ?? "product");
  const slugs = said.slug === null ? choices(slugOf(said.name, ids[0] ?? "")) : [said.slug];
  const known = new Map(said.before?.map(({ sku, variantId }) => [sku, variantId]));
  // The id of a new product's only variant is the product's.
  const isAlone = !said.before && first?.variantId === undefined && others.length === 0;
  const namesOf = ({ sku = "", variantId = known.get(sku) }: UnnamedVariant) =>
    variantId === undefined ? choices(idOf(sku) ?? "variant") : [variantId];
  const variantIds = isAlone ? [] : said.variants.map(namesOf);
  const taken = await readTaken(deps, { slugs, productIds: ids, variantIds: isAlone ? ids : variantIds.flatMap(open) });
  const productId = firstFree(ids, isAlone ? new Set([...taken.productIds, ...taken.variantIds]) : taken.productIds);
  const used = new Set(taken.variantIds);
  const variants = said.variants.map((variant, index): VariantChange => {
    const variantId = isAlone ? productId : firstFree(variantIds[index] ?? [], used);
    used.add(variantId);
    return { ...variant, variantId };
  });
  return { productId, slug: firstFree(slugs, taken.slugs), variants };
}

/** Names that are not decided yet. */
function open(names: readonly string[]): readonly string[] {
  return names.length > 1 ? names : [];
}

async function readTaken(deps: Deps, names: Record<"slugs" | "productIds" | "variantIds", readonly string[]>) {
  const wanted = { ...names, slugs: open(names.slugs), productIds: open(names.productIds) };
  const isDecided = wanted.slugs.length + wanted.productIds.length + wanted.variantIds.length === 0;
  if (isDecided) return { slugs: new Set<string>(), productIds: new Set<string>(), variantIds: new Set<string>() };
  return (await deps.db.batch("find taken names", { taken: findTaken(wanted) })).taken;
}

/** The categories to keep of products that a write makes or changes; each has an id made of its name. */
export function categoriesOf(products: readonly { category: string | null }[]): CategoryToKeep[] {
  const names = [...new Set(products.flatMap(({ category }) => category ?? []))];
  const used = new Set<string>();
  return names.map((name) => {
    const id = slugOf(name, sumOf(name));
    const ids = [id, `${id}-${sumOf(name)}`].filter((each) => !used.has(each));
    used.add(ids[0] ?? "");
    return { name, ids };
  });
}

/** Names products of earlier releases: gives them slugs, and keeps their categories. A step of the cron. */
export async function nameUnnamed(deps: Deps): Promise<void> {
  const { unnamed } = await deps.db.batch("find unnamed products", { unnamed: findUnnamed(NAMED_PER_RUN) });
  if (unnamed.length === 0) return;
  const names = { slugs: unnamed.flatMap(({ name, productId }) => slugChoices(name, productId)), productIds: [], variantIds: [] };
  const { taken } = await deps.db.batch("find taken slugs", { taken: findTaken(names) });
  const slugs = chooseSlugs(unnamed, taken.slugs);
  const named = unnamed.map((product, index) => ({ ...product, slug: slugs[index] ?? "", sortName: sortNameOf(product.name) }));
  await deps.db.batch("name products", {
    named: nameProducts(named),
    categories: keepCategories(categoriesOf(unnamed), deps.nowMs()),
  });
}
