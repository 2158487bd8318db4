import type { Query } from "../../db/client.ts";
import type { Deps } from "../../deps.ts";
import type { Change } from "../../writes/rules/change.ts";
import { auditOf, type Plan } from "../../writes/write-once.ts";
import { findOwners, findProductsById, insertAllVariants, insertProducts, replaceComponents, updateProducts } from "./queries.ts";
import { categoriesOf } from "../choose-names.ts";
import { keepCategories } from "../name-queries.ts";
import { findBundleCounts, findSellables } from "../queries.ts";
import { hasUnits, type KnownUnits } from "../rules/foreign-stock.ts";
import { addOpenings, type Opening } from "./opening-queries.ts";
import { type ChunkFacts, decideChunk, partsOf } from "../rules/import-chunk.ts";
import { reportOf, type ReportRow, type ValidRow } from "../rules/import-file.ts";
import { keysToCheck } from "../rules/import-keys.ts";
import { changesListFigures, type RowDecision, splitByWeight, type WantedProduct } from "../rules/import-row.ts";
import { hasMoreFigures, type Product } from "../rules/product.ts";
import { type ImportedChunk, recordChunk } from "./stale-queries.ts";
import { updateVariants } from "../variant-queries.ts";

/** The most of one statement: a parameter has 2 MB at most; a character takes up to three bytes, or one more if escaped. */
const STATEMENT_LIMITS = { items: 500, weight: 500_000 };

/** The answer of a chunk, which is kept under its key. */
export interface ChunkAnswer {
  report: ReportRow[];
  /** Products whose list figures have to be recomputed; of a bundle, a component. */
  stale: string[];
  /** Whether units are to be received; absent in an answer that an earlier release kept. */
  hasOpenings?: boolean;
}

/** What all chunks of an import have in common. */
export type WholeImport = Pick<ImportedChunk, "importId" | "rows" | "warehouseId">;

type Updated = Extract<RowDecision, { outcome: "updated" }>;

/** Plans the writes of a chunk of rows; reads D1 in one batch. */
export async function planChunk(deps: Deps, chunk: readonly ValidRow[], whole: WholeImport): Promise<Plan<ChunkAnswer>> {
  const wanted = chunk.map((each) => each.wanted);
  const facts = await readFacts(deps, wanted);
  const decisions = decideChunk(wanted, facts, deps.nowMs());
  const stale = decisions.flatMap(staleOf);
  const units = await readUnits(deps, wanted, whole.warehouseId);
  const report = reportOf(chunk, decisions, { units, existing: facts.existing });
  const openings = report.flatMap(openingsOf);
  const stockKept = report.flatMap(({ stock = [] }) => stock).filter(({ outcome }) => outcome === "kept").length;
  const record = recordChunk({ ...whole, chunkRows: chunk.length, stale, stock: openings.length, stockKept }, deps.nowMs());
  const queries = [...writesOf(deps, decisions), ...record, ...owe(deps, openings, whole)];
  return { queries, changes: [], answer: { report, stale, hasOpenings: openings.length > 0 }, status: 200 };
}

/** The units that the products of a chunk have in the warehouse of the import; none where the file says nothing of units. */
export async function readUnits(deps: Deps, wanted: readonly WantedProduct[], warehouseId: string | undefined) {
  const productIds = wanted.flatMap(({ productId, stock }) => (hasUnits(stock) ? [productId] : []));
  if (warehouseId === undefined || productIds.length === 0) return new Map<string, KnownUnits>();
  return deps.fileStock.unitsOf(deps, productIds, warehouseId);
}

function openingsOf({ productId, stock = [] }: ReportRow): Opening[] {
  return stock.flatMap(({ variantId, quantity, outcome }) =>
    outcome === "opening" && productId !== null && variantId !== null && quantity !== null
      ? [{ productId, variantId, quantity }]
      : [],
  );
}

function owe(deps: Deps, openings: readonly Opening[], { importId, warehouseId }: WholeImport): Query<unknown>[] {
  if (openings.length === 0 || warehouseId === undefined) return [];
  const { actor, isAudited, requestId } = deps.by;
  return [addOpenings(openings, { importId, warehouseId, actor, requestId: isAudited ? requestId : null }, deps.nowMs())];
}

/** Reads in one batch what the decisions depend on; sellables only if there are components. */
export async function readFacts(deps: Deps, wanted: readonly WantedProduct[]): Promise<ChunkFacts> {
  const parts = partsOf(wanted).map(({ component }) => component);
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
