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
export function componentIds({ components }: Product): Set<string> {
  return new Set(components.map(({ productId }) => productId));
}
