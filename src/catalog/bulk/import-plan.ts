import type { Query } from "../../db/client.ts";
import type { Deps } from "../../deps.ts";
import type { Change } from "../../writes/rules/change.ts";
import { auditOf, type Plan } from "../../writes/write-once.ts";
import { findOwners, findProductsById, insertAllVariants, insertProducts, replaceComponents, updateProducts } from "./queries.ts";
import { categoriesOf, chooseSlugs } from "../choose-names.ts";
import { keepCategories } from "../name-queries.ts";
import { findBundleCounts, findSellables } from "../queries.ts";
import { keysToCheck, keysOf, keyName, type Owners, takenKeys } from "../rules/import-keys.ts";
import {
  decideRow,
  changesListFigures,
  MAX_ROW_ERRORS,
  type RowDecision,
  type RowError,
  splitByWeight,
  type WantedProduct,
} from "../rules/import-row.ts";
import { hasMoreFigures, type Product, type WantedComponent } from "../rules/product.ts";
import type { Sellable } from "../rules/sellable.ts";
import { type ImportedChunk, recordChunk } from "./stale-queries.ts";
import { updateVariants } from "../variant-queries.ts";

/** The most of one statement: a parameter has 2 MB at most; a character takes up to three bytes, or one more if escaped. */
const STATEMENT_LIMITS = { items: 500, weight: 500_000 };

/** The result of a row. */
export interface ReportRow {
  row: number;
  productId: string | null;
  outcome: RowDecision["outcome"];
  errors: RowError[];
}

/** The answer of a chunk, which is kept under its key. */
export interface ChunkAnswer {
  report: ReportRow[];
  /** Products whose list figures have to be recomputed; of a bundle, a component. */
  stale: string[];
}

type Updated = Extract<RowDecision, { outcome: "updated" }>;

/** Plans the writes of a chunk of rows; reads D1 in one batch. */
export async function planChunk(
  deps: Deps,
  chunk: readonly { row: number; wanted: WantedProduct }[],
  whole: Pick<ImportedChunk, "importId" | "rows">,
): Promise<Plan<ChunkAnswer>> {
  const wanted = chunk.map((each) => each.wanted);
  const parts = wanted.flatMap(({ components = [] }, at) => components.map((component, index) => ({ at, index, component })));
  const { existing, taken, sellables, bundles } = await readFacts(
    deps,
    wanted,
    parts.map(({ component }) => component),
  );
  const products = new Map(existing.map((product) => [product.productId, product]));
  const owners: Owners = new Map(taken.map((key) => [keyName(key), key.owner]));
  const sellablesByRow = Map.groupBy(sellables, ({ index }) => parts[index]?.at);
  const sellablesOf = (at: number) =>
    (sellablesByRow.get(at) ?? []).map((each): Sellable => ({ ...each, index: parts[each.index]?.index ?? 0 }));
  const decisions = wanted.map((each, at) => {
    const facts = { before: products.get(each.productId), sellables: sellablesOf(at), bundles };
    return countBundle(claimKeys(decideRow(each, facts, deps.nowMs()), owners), bundles);
  });
  const created = decisions.flatMap((each) => (each.outcome === "created" && each.after.slug === null ? [each.after] : []));
  const slugs = chooseSlugs(created, slugsOf(taken, decisions));
  for (const [index, product] of created.entries()) product.slug = slugs[index] ?? null;
  const report = decisions.map((decision, at): ReportRow => {
    const errors = decision.outcome === "refused" ? decision.errors.slice(0, MAX_ROW_ERRORS) : [];
    return { row: chunk[at]?.row ?? 0, productId: wanted[at]?.productId ?? null, outcome: decision.outcome, errors };
  });
  const stale = decisions.flatMap(staleOf);
  const record = recordChunk({ ...whole, chunkRows: chunk.length, stale }, deps.nowMs());
  return { queries: [...writesOf(deps, decisions), ...record], changes: [], answer: { report, stale }, status: 200 };
}

/** The slugs that are in use: in D1, and by what rows say. */
function slugsOf(taken: readonly { kind: string; value: string }[], decisions: readonly RowDecision[]): Set<string> {
  const inD1 = taken.flatMap(({ kind, value }) => (kind === "slug" ? [value] : []));
  return new Set([...inD1, ...decisions.flatMap((each) => ("after" in each ? (each.after.slug ?? []) : []))]);
}

/** Reads in one batch what the decisions depend on; sellables only if there are components. */
async function readFacts(deps: Deps, wanted: readonly WantedProduct[], parts: readonly WantedComponent[]) {
  const hasParts = parts.length > 0;
  const facts = await deps.db.batch("read rows", {
    existing: findProductsById(wanted.map(({ productId }) => productId)),
    taken: findOwners(keysToCheck(wanted)),
    sellables: hasParts ? findSellables(parts) : undefined,
    bundles: hasParts ? findBundleCounts(parts.map(({ productId }) => productId)) : undefined,
  });
  const { existing, taken, sellables = [], bundles = new Map<string, number>() } = facts;
  return { existing, taken, sellables, bundles };
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
  const before = decision.outcome === "updated" ? idsOf(decision.before) : new Set();
  for (const id of idsOf(decision.after)) if (!before.has(id)) bundles.set(id, (bundles.get(id) ?? 0) + 1);
  return decision;
}

function idsOf({ components }: Product): Set<string> {
  return new Set(components.map(({ productId }) => productId));
}

/** A bundle's figures are computed with those of a component. Most new products have no figures yet. */
function staleOf(decision: RowDecision): string[] {
  if (decision.outcome !== "created" && decision.outcome !== "updated") return [];
  const { after } = decision;
  const isStale = decision.outcome === "created" ? hasMoreFigures(after) : changesListFigures(decision.before, after);
  return isStale ? [(after.components[0] ?? after).productId] : [];
}

function writesOf(deps: Deps, decisions: readonly RowDecision[]): Query<unknown>[] {
  const created = decisions.flatMap((each) => (each.outcome === "created" ? [each.after] : []));
  const updated = decisions.filter((each): each is Updated => each.outcome === "updated");
  const changedVariants = updated.flatMap(({ variants }) => variants.changed);
  const addedVariants = updated.map(({ after, variants }) => ({ productId: after.productId, variants: variants.added }));
  const recomposed = updated.flatMap(({ before, after }) => (after.components === before.components ? [] : [after]));
  const recategorised = updated.flatMap(({ before, after }) => (after.category === before.category ? [] : [after]));
  return [
    ...inStatements(created, weightOf).flatMap(insertProducts),
    ...inStatements(updated, ({ after }) => weightOf(after)).map(updateProducts),
    ...inStatements(changedVariants, weightOf).map(updateVariants),
    ...inStatements(addedVariants, weightOf).flatMap(insertAllVariants),
    ...replaceComponents(recomposed),
    ...keepCategories(categoriesOf([...created, ...recategorised]), deps.nowMs()),
    ...inStatements([...created.map(creation), ...updated.map(change)], weightOf).flatMap((some) => auditOf(deps, some)),
  ];
}

function creation(after: Product): Change {
  return { action: "product.create", recordType: "product", recordId: after.productId, after };
}

function change({ before, after }: Updated): Change {
  return { action: "product.change", recordType: "product", recordId: after.productId, before, after };
}

function inStatements<T>(items: readonly T[], weight: (item: T) => number): T[][] {
  return splitByWeight(items, weight, STATEMENT_LIMITS);
}

function weightOf(value: object): number {
  return JSON.stringify(value).length;
}
