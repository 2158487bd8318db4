import type { Deps } from "../../deps.ts";
import { keyReused, unresolved } from "../../errors.ts";
import { bindKey, findAnswer } from "../../writes/queries.ts";
import type { Keyed } from "../../writes/rules/keyed.ts";
import { findPendingOfAny } from "../client/pending-queries.ts";
import { runPending } from "../client/run-pending.ts";
import {
  type CountResult,
  type CountRow,
  foreseenCount,
  outdatedCount,
  repeatedRows,
  settledCount,
} from "../rules/count-file.ts";
import type { AdjustAnswer } from "../rules/messages.ts";
import { type CountPlace, findCountPlaces } from "./count-queries.ts";

/** The most connections that one invocation may have open on Cloudflare. */
const COUNTS_IN_FLIGHT = 6;
/** The pending actions that an import of counts carries out itself. */
const MAX_PENDING = 50;

/** A file of counts. */
export interface CountsRequest {
  rows: readonly CountRow[];
  reason: string;
  dryRun: boolean;
}

interface Count extends CountRow {
  counted: number;
  place: CountPlace & { productId: string; variantId: string };
}

/**
 * Records counts by warehouse, each only if what is on hand is what the row expects: what the file says, else what D1 has now. Rows do not
 * depend on each other, and each is counted once per key.
 * @returns the result of each row, in the order of the file; `unresolved` where an object did not answer: a repeat with the key settles it
 * @throws Refusal `idempotency_key_reused`; `unresolved` if units of the products are still on their way
 */
export async function importCounts(deps: Deps, keyed: Keyed | undefined, request: CountsRequest): Promise<CountResult[]> {
  const { rows, dryRun } = request;
  const bound = dryRun ? undefined : keyed;
  const { places, kept } = await deps.db.batch("read counts", {
    bindKey: bound ? bindKey(bound.id, bound.requestHash, deps.nowMs()) : [],
    kept: bound ? findAnswer(bound.id) : undefined,
    places: findCountPlaces(rows),
  });
  if (bound && kept?.requestHash !== bound.requestHash) throw keyReused();
  const repeated = repeatedRows(rows);
  const settled = rows.map((row, index) => settledCount(row, places[index], repeated.get(row.row)));
  const counts = rows.flatMap((row, index) => (settled[index] ? [] : countOf(row, places[index])));
  if (!dryRun) await finishPending(deps, counts);
  const results = dryRun
    ? counts.map((count) => foreseenCount(count, count.place.onHand))
    : await countAll(deps, bound, counts, request.reason);
  const byRow = new Map(results.map((result) => [result.row, result]));
  return rows.flatMap((row, index) => settled[index] ?? byRow.get(row.row) ?? []);
}

function countOf(row: CountRow, place: CountPlace | undefined): Count[] {
  const { counted } = row;
  if (counted === null || !place || place.productId === null || place.variantId === null) return [];
  return [{ ...row, counted, place: { ...place, productId: place.productId, variantId: place.variantId } }];
}

/** As for a single count: what D1 has decided about the products is carried out first (S3). */
async function finishPending(deps: Deps, counts: readonly Count[]): Promise<void> {
  if (counts.length === 0) return;
  const productIds = [...new Set(counts.map(({ place }) => place.productId))];
  const { pending } = await deps.db.batch("read pending of counts", { pending: findPendingOfAny(productIds, MAX_PENDING) });
  if ((await runPending(deps, pending)) < pending.length || pending.length === MAX_PENDING)
    throw unresolved("Units of the products are still on their way; nothing was counted.", "again");
}

async function countAll(deps: Deps, keyed: Keyed | undefined, counts: readonly Count[], reason: string): Promise<CountResult[]> {
  const results: CountResult[] = [];
  // The workers share one iterator, so that each takes the next row.
  const queue = counts.values();
  const work = async () => {
    for (const count of queue) results.push(await countOne(deps, keyed, count, reason));
  };
  await Promise.all(Array.from({ length: COUNTS_IN_FLIGHT }, work));
  return results;
}

async function countOne(deps: Deps, keyed: Keyed | undefined, count: Count, reason: string): Promise<CountResult> {
  const { row, sku, warehouseId, counted, expectedOnHand, place } = count;
  const { actor, isAudited, requestId } = deps.by;
  const head = { row, sku, warehouseId, code: null, previousOnHand: null, onHand: null, errors: [] };
  const answer = await deps
    .stockOf(place.productId)
    .adjust({
      kind: "count",
      quantity: counted,
      expectedOnHand: expectedOnHand ?? place.onHand,
      reason,
      externalReference: null,
      variantId: place.variantId,
      warehouseId,
      referenceId: keyed ? `${keyed.id}/${row}` : `ADJ${deps.newId()}`,
      requestHash: keyed?.requestHash ?? "",
      actor,
      requestId: isAudited ? requestId : undefined,
      flushFirst: true,
    })
    .catch(() => undefined);
  return { ...head, ...resultOf(answer) };
}

function resultOf(answer: AdjustAnswer | undefined): Partial<CountResult> & Pick<CountResult, "outcome"> {
  if (answer?.outcome === "moved") {
    const { deltaOnHand, onHandAfter } = answer.movement;
    const outcome = deltaOnHand === 0 ? "unchanged" : "counted";
    return { outcome, previousOnHand: onHandAfter - deltaOnHand, onHand: onHandAfter };
  }
  if (answer?.outcome === "not_as_expected") return { previousOnHand: answer.onHand, ...outdatedCount(answer.onHand) };
  if (answer?.outcome === "units_reserved") {
    const errors = [
      { field: "counted", message: `only ${answer.free} of ${answer.onHand} units are neither reserved nor allocated` },
    ];
    return { outcome: "refused", code: "units_reserved", previousOnHand: answer.onHand, onHand: answer.onHand, errors };
  }
  return {
    outcome: "unresolved",
    errors: [{ field: "row", message: "it is not known whether it was counted: repeat the import with its key" }],
  };
}
