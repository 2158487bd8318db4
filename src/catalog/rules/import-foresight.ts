import { type ChunkFacts, componentIds, partsOf } from "./import-chunk.ts";
import { keyName, keysOf, type OwnedKey } from "./import-keys.ts";
import type { RowDecision, WantedProduct } from "./import-row.ts";
import type { Product } from "./product.ts";
import type { Sellable } from "./sellable.ts";

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
