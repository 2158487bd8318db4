import type { Query } from "../db/client.ts";
import type { Deps } from "../deps.ts";
import type { Change } from "../writes/rules/change.ts";
import { auditOf, type Plan } from "../writes/write-once.ts";
import {
  findOwners,
  findProductsById,
  insertAllVariants,
  insertProducts,
  replaceComponents,
  updateProducts,
} from "./bulk-queries.ts";
import { findBundleCounts, findSellables, updateVariants } from "./queries.ts";
import { candidatesOf, keysOf, nameOf, type Owners, takenKeys } from "./rules/import-keys.ts";
import {
  decideRow,
  isStaleAfter,
  MAX_ROW_ERRORS,
  type RowDecision,
  type RowError,
  type WantedProduct,
} from "./rules/import-row.ts";
import { piecesOf } from "./rules/pieces.ts";
import type { Product, WantedComponent } from "./rules/product.ts";
import type { Sellable } from "./rules/sellable.ts";

/** What one statement takes: a parameter has 2 MB at most, a character of it up to three bytes or one more for its escape. */
const STATEMENT = { items: 500, weight: 500_000 };

/** What became of a row. */
export interface ReportRow {
  row: number;
  productId: string | null;
  outcome: RowDecision["outcome"];
  errors: RowError[];
}

/** What is kept of a chunk under its key. */
export interface ChunkAnswer {
  report: ReportRow[];
  /** Products whose figures in lists have to be computed anew. */
  stale: string[];
}

type Updated = Extract<RowDecision, { outcome: "updated" }>;

/** Decides what a chunk of rows makes of D1: one batch is read, one is to be written. */
export async function planChunk(
  deps: Deps,
  chunk: readonly { row: number; wanted: WantedProduct }[],
): Promise<Plan<ChunkAnswer>> {
  const wanted = chunk.map((each) => each.wanted);
  const parts = wanted.flatMap(({ components = [] }, at) => components.map((component, index) => ({ at, index, component })));
  const { existing, taken, found, bundles } = await readFacts(
    deps,
    wanted,
    parts.map(({ component }) => component),
  );
  const products = new Map(existing.map((product) => [product.productId, product]));
  const owners: Owners = new Map(taken.map((key) => [nameOf(key), key.owner]));
  const sellables = Map.groupBy(found, ({ index }) => parts[index]?.at);
  const local = (at: number) =>
    (sellables.get(at) ?? []).map((each): Sellable => ({ ...each, index: parts[each.index]?.index ?? 0 }));
  const decisions = wanted.map((each, at) => {
    const facts = { before: products.get(each.productId), sellables: local(at), bundles };
    return counted(claimKeys(decideRow(each, facts, deps.nowMs()), owners), bundles);
  });
  const report = decisions.map((decision, at): ReportRow => {
    const errors = decision.outcome === "refused" ? decision.errors.slice(0, MAX_ROW_ERRORS) : [];
    return { row: chunk[at]?.row ?? 0, productId: wanted[at]?.productId ?? null, outcome: decision.outcome, errors };
  });
  const stale = decisions.flatMap(staleOf);
  return { queries: writesOf(deps, decisions), changes: [], answer: { report, stale }, status: 200 };
}

/** Reads in one batch what rows are decided by; of components only where there are any. */
async function readFacts(deps: Deps, wanted: readonly WantedProduct[], parts: readonly WantedComponent[]) {
  const hasParts = parts.length > 0;
  const facts = await deps.db.batch("read rows", {
    existing: findProductsById(wanted.map(({ productId }) => productId)),
    taken: findOwners(candidatesOf(wanted)),
    found: hasParts ? findSellables(parts) : undefined,
    bundles: hasParts ? findBundleCounts(parts.map(({ productId }) => productId)) : undefined,
  });
  const { existing, taken, found = [], bundles = new Map<string, number>() } = facts;
  return { existing, taken, found, bundles };
}

/** Refuses what another product has, also one of an earlier row; else the product's values are its own from here on. */
function claimKeys(decision: RowDecision, owners: Owners): RowDecision {
  if (decision.outcome !== "created" && decision.outcome !== "updated") return decision;
  const errors = takenKeys(decision.after, owners);
  if (errors.length > 0) return { outcome: "refused", errors };
  for (const key of keysOf(decision.after)) owners.set(nameOf(key), key.owner);
  return decision;
}

/** Counts the bundle for the products that it takes in; what it lets go counts on until the next chunk. */
function counted(decision: RowDecision, bundles: Map<string, number>): RowDecision {
  if (decision.outcome !== "created" && decision.outcome !== "updated") return decision;
  const had = decision.outcome === "updated" ? idsOf(decision.before) : new Set();
  for (const id of idsOf(decision.after)) if (!had.has(id)) bundles.set(id, (bundles.get(id) ?? 0) + 1);
  return decision;
}

function idsOf({ components }: Product): Set<string> {
  return new Set(components.map(({ productId }) => productId));
}

/** A bundle has no object of its own: a component's computes it. What is new and no bundle has no figures yet. */
function staleOf(decision: RowDecision): string[] {
  if (decision.outcome !== "created" && decision.outcome !== "updated") return [];
  const { after } = decision;
  const isStale = decision.outcome === "created" ? after.isBundle : isStaleAfter(decision.before, after);
  return isStale ? [(after.components[0] ?? after).productId] : [];
}

function writesOf(deps: Deps, decisions: readonly RowDecision[]): Query<unknown>[] {
  const created = decisions.flatMap((each) => (each.outcome === "created" ? [each.after] : []));
  const updated = decisions.filter((each): each is Updated => each.outcome === "updated");
  const changedVariants = updated.flatMap(({ variants }) => variants.changed);
  const widened = updated.map(({ after, variants }) => ({ productId: after.productId, variants: variants.added }));
  const rebuilt = updated.flatMap(({ before, after }) => (after.components === before.components ? [] : [after]));
  return [
    ...inPieces(created, weightOf).flatMap(insertProducts),
    ...inPieces(updated, ({ after }) => weightOf(after)).map(updateProducts),
    ...inPieces(changedVariants, weightOf).map(updateVariants),
    ...inPieces(widened, weightOf).flatMap(insertAllVariants),
    ...replaceComponents(rebuilt),
    ...inPieces([...created.map(creation), ...updated.map(change)], weightOf).flatMap((some) => auditOf(deps, some)),
  ];
}

function creation(after: Product): Change {
  return { action: "product.create", recordType: "product", recordId: after.productId, after };
}

function change({ before, after }: Updated): Change {
  return { action: "product.change", recordType: "product", recordId: after.productId, before, after };
}

function inPieces<T>(items: readonly T[], weight: (item: T) => number): T[][] {
  return piecesOf(items, weight, STATEMENT);
}

function weightOf(value: object): number {
  return JSON.stringify(value).length;
}
