import { type OwnedKey, keysOf, keyName, type Owners, takenKeys } from "./import-keys.ts";
import { decideRow, type RowDecision, type WantedProduct } from "./import-row.ts";
import type { Product, WantedComponent } from "./product.ts";
import type { Sellable } from "./sellable.ts";
import { chooseSlugs } from "./slug.ts";

/** What D1 has for the rows of a chunk. */
export interface ChunkFacts {
  existing: readonly Product[];
  /** The owners of unique values that the rows may take. */
  taken: readonly OwnedKey[];
  /** Of all components of the chunk, by their index in `partsOf`. */
  sellables: readonly Sellable[];
  /** The number of bundles that each component product is in. */
  bundles: ReadonlyMap<string, number>;
}

/** A component of a row of a chunk. */
export interface WantedPart {
  /** The row's index in the chunk, and the component's in the row. */
  at: number;
  index: number;
  component: WantedComponent;
}

/** All components of a chunk, in its order. */
export function partsOf(wanted: readonly WantedProduct[]): WantedPart[] {
  return wanted.flatMap(({ components = [] }, at) => components.map((component, index) => ({ at, index, component })));
}

/** Decides the rows of a chunk, each as a request of its own would be; new products get their slugs. */
export function decideChunk(wanted: readonly WantedProduct[], facts: ChunkFacts, nowMs: number): RowDecision[] {
  const products = new Map(facts.existing.map((product) => [product.productId, product]));
  const owners: Owners = new Map(facts.taken.map((key) => [keyName(key), key.owner]));
  const bundles = new Map(facts.bundles);
  const sellablesOf = sellablesByRow(wanted, facts.sellables);
  const decisions = wanted.map((each, at) => {
    const found = { before: products.get(each.productId), sellables: sellablesOf(at), bundles };
    return countBundle(claimKeys(decideRow(each, found, nowMs), owners), bundles);
  });
  const created = decisions.flatMap((each) => (each.outcome === "created" && each.after.slug === null ? [each.after] : []));
  const slugs = chooseSlugs(created, slugsOf(facts.taken, decisions));
  for (const [index, product] of created.entries()) product.slug = slugs[index] ?? null;
  return decisions;
}

function sellablesByRow(wanted: readonly WantedProduct[], sellables: readonly Sellable[]): (at: number) => Sellable[] {
  const parts = partsOf(wanted);
  const byRow = Map.groupBy(sellables, ({ index }) => parts[index]?.at);
  return (at) => (byRow.get(at) ?? []).map((each) => ({ ...each, index: parts[each.index]?.index ?? 0 }));
}

/** The slugs that are in use: in D1, and by what rows say. */
function slugsOf(taken: readonly OwnedKey[], decisions: readonly RowDecision[]): Set<string> {
  const inD1 = taken.flatMap(({ kind, value }) => (kind === "slug" ? [value] : []));
  return new Set([...inD1, ...decisions.flatMap((each) => ("after" in each ? (each.after.slug ?? []) : []))]);
}

/** Refuses a row with a unique value of another product, also of an earlier row; otherwise later rows cannot use its values. */
function claimKeys(decision: RowDecision, owners: Owners): RowDecision {
  if (decision.outcome !== "created" && decision.outcome !== "updated") return decision;
  const errors = takenKeys(decision.after, owners);
  if (errors.length > 0) return { outcome: "refused", errors };
  for (const key of keysOf(decision.after)) owners.set(keyName(key), key.owner);
  return decision;
}

/** Counts the bundle for its new components; a component that it drops still counts until the next chunk. */
function countBundle(decision: RowDecision, bundles: Map<string, number>): RowDecision {
  if (decision.outcome !== "created" && decision.outcome !== "updated") return decision;
  const before = decision.outcome === "updated" ? componentIds(decision.before) : new Set();
  for (const id of componentIds(decision.after)) if (!before.has(id)) bundles.set(id, (bundles.get(id) ?? 0) + 1);
  return decision;
}

/** The products that a bundle is made of. */
function componentIds({ components }: Product): Set<string> {
  return new Set(components.map(({ productId }) => productId));
}

/** What the chunks of a dry run would have written so far: D1 does not have it, and later chunks depend on it. */
export interface Foresight {
  products: Map<string, Product>;
  /** Unique values by their names: those that products take, and those that they give up. */
  claimed: Map<string, OwnedKey>;
  released: Set<string>;
  /** How many more bundles, or fewer, each product is in. */
  bundles: Map<string, number>;
}

export function newForesight(): Foresight {
  return { products: new Map(), claimed: new Map(), released: new Set(), bundles: new Map() };
}

/** Adds what a chunk would write. */
export function foresee(foresight: Foresight, decisions: readonly RowDecision[]): void {
  for (const decision of decisions) {
    if (decision.outcome !== "created" && decision.outcome !== "updated") continue;
    const { after } = decision;
    const before = decision.outcome === "updated" ? decision.before : undefined;
    foresight.products.set(after.productId, after);
    moveKeys(foresight, before ? keysOf(before) : [], keysOf(after));
    countBundles(foresight.bundles, before ? componentIds(before) : new Set(), componentIds(after));
  }
}

function moveKeys({ claimed, released }: Foresight, before: readonly OwnedKey[], after: readonly OwnedKey[]): void {
  for (const key of before) {
    claimed.delete(keyName(key));
    released.add(keyName(key));
  }
  for (const key of after) claimed.set(keyName(key), key);
}

function countBundles(bundles: Map<string, number>, before: ReadonlySet<string>, after: ReadonlySet<string>): void {
  const add = (id: string, step: number) => bundles.set(id, (bundles.get(id) ?? 0) + step);
  for (const id of after) if (!before.has(id)) add(id, 1);
  for (const id of before) if (!after.has(id)) add(id, -1);
}

/** The facts of a chunk as D1 would have them after the chunks before. @param facts what D1 has */
export function withForesight(wanted: readonly WantedProduct[], facts: ChunkFacts, foresight: Foresight): ChunkFacts {
  const { claimed, released, products, bundles } = foresight;
  const taken = facts.taken.filter((key) => !released.has(keyName(key)));
  const parts = partsOf(wanted).map(({ component }, index) => ({ ...component, index }));
  const foreseen = parts.filter(({ productId }) => products.has(productId));
  const indexes = new Set(foreseen.map(({ index }) => index));
  const counts = new Map(facts.bundles);
  for (const [id, more] of bundles) counts.set(id, (counts.get(id) ?? 0) + more);
  return {
    existing: facts.existing,
    taken: [...taken, ...claimed.values()],
    sellables: [
      ...facts.sellables.filter(({ index }) => !indexes.has(index)),
      ...foreseen.flatMap(({ index, productId, variantId }) => {
        const product = products.get(productId);
        return product ? [toSellable(product, variantId, index)] : [];
      }),
    ],
    bundles: counts,
  };
}

/** What `findSellables` finds for a component once its product is in D1. */
function toSellable(product: Product, variantId: string | undefined, index: number): Sellable {
  const active = product.variants.filter(({ status }) => status === "active").toSorted((a, b) => a.position - b.position);
  const variant = variantId === undefined ? active[0] : product.variants.find((each) => each.variantId === variantId);
  return {
    index,
    productId: product.productId,
    productName: product.name,
    category: product.category,
    isBundle: product.isBundle,
    priceMinor: Math.max(0, product.priceMinor + (variant?.priceAdjustmentMinor ?? 0)),
    productStatus: product.status,
    variantId: variant?.variantId ?? null,
    sku: variant?.sku ?? null,
    variantName: variant?.name ?? null,
    variantStatus: variant?.status ?? null,
    isAmbiguous: variantId === undefined && active.length > 1,
    maxPerOrder: product.maxPerOrder,
    maxPerCustomer: product.maxPerCustomer,
  };
}
