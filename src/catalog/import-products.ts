import type { Deps } from "../deps.ts";
import { failedConstraint } from "../writes/constraint.ts";
import { writeOnce } from "../writes/write-once.ts";
import type { Keyed } from "../writes/rules/keyed.ts";
import { type ChunkAnswer, planChunk, type ReportRow } from "./import-plan.ts";
import { duplicatesIn } from "./rules/import-keys.ts";
import { MAX_ROW_ERRORS, type RowError, splitByWeight, type WantedProduct } from "./rules/import-row.ts";

/** The most rows and characters of one chunk, which is read and written in one batch each. */
const CHUNK_LIMITS = { items: 500, weight: 400_000 };
/** How often a chunk is tried because another request changed one of its products in between. */
const MAX_ATTEMPTS = 5;
/** The most connections that one invocation may have open on Cloudflare. */
const REFRESHES_IN_FLIGHT = 6;

/** A row of a file: the product that it describes, or its errors. */
export interface ImportRow {
  row: number;
  /** Null if it cannot be read. */
  productId: string | null;
  wanted: WantedProduct | undefined;
  errors: RowError[];
}

interface ValidRow {
  row: number;
  wanted: WantedProduct;
}

/**
 * Creates and changes products from the rows of a file; every valid row is written, whatever the others are. Rows are written in
 * chunks, one batch each, whose reports are kept under the key, so a repeat continues where a failure stopped it and returns the same
 * report. Bundles come last, because their components may be new.
 * @returns the result of each row, in the order of the file
 * @throws Refusal `idempotency_key_reused`; `unresolved` if it is not known whether a chunk was written, or others kept changing its products
 */
export async function importProducts(
  deps: Deps,
  keyed: Keyed | undefined,
  rows: readonly ImportRow[],
): Promise<{ report: ReportRow[]; replayed: boolean }> {
  const { valid, refused } = partition(rows);
  const answers: { answer: ChunkAnswer; replayed: boolean }[] = [];
  try {
    for (const [index, chunk] of chunksOf(valid).entries()) {
      const key = keyed && { ...keyed, id: `${keyed.id}/${index}` };
      answers.push(await writeChunk(deps, key, chunk));
    }
  } finally {
    const stale = answers.flatMap(({ answer }) => answer.stale);
    refreshAll(deps, stale);
  }
  const report = [...refused, ...answers.flatMap(({ answer }) => answer.report)].toSorted((a, b) => a.row - b.row);
  return { report, replayed: answers.length > 0 && answers.every(({ replayed }) => replayed) };
}

function partition(rows: readonly ImportRow[]): { valid: ValidRow[]; refused: ReportRow[] } {
  const readable = rows.flatMap(({ row, wanted }) => (wanted ? [{ row, wanted }] : []));
  const duplicates = duplicatesIn(readable.map(({ wanted }) => wanted));
  const refused = rows.flatMap(({ row, productId, errors }) => (errors.length > 0 ? [refusedRow(row, productId, errors)] : []));
  const duplicated = readable.flatMap(({ row, wanted }, index) => {
    const errors = duplicates[index] ?? [];
    return errors.length > 0 ? [refusedRow(row, wanted.productId, errors)] : [];
  });
  return { valid: readable.filter((_, index) => duplicates[index]?.length === 0), refused: [...refused, ...duplicated] };
}

function refusedRow(row: number, productId: string | null, errors: RowError[]): ReportRow {
  return { row, productId, outcome: "refused", errors: errors.slice(0, MAX_ROW_ERRORS) };
}

function chunksOf(rows: readonly ValidRow[]): ValidRow[][] {
  const [plain, bundles] = [false, true].map((isBundle) =>
    rows.filter(({ wanted }) => (wanted.components !== undefined) === isBundle),
  );
  return [plain, bundles].flatMap((some = []) =>
    splitByWeight(some, ({ wanted }) => JSON.stringify(wanted).length, CHUNK_LIMITS),
  );
}

async function writeChunk(deps: Deps, key: Keyed | undefined, chunk: readonly ValidRow[]) {
  for (let attempt = 1; ; attempt += 1) {
    let isOvertaken = false;
    const conflict = (error: unknown) => {
      isOvertaken = /^(products|variants)\./.test(failedConstraint(error) ?? "");
      return undefined;
    };
    try {
      return await writeOnce(deps, key, () => planChunk(deps, chunk), conflict);
    } catch (error) {
      if (!isOvertaken || attempt === MAX_ATTEMPTS) throw error;
    }
  }
}

/**
 * Has the list figures of changed products recomputed, after the answer. If that is interrupted, they are recomputed with the next
 * change of their stock, or by a repeat of the import.
 */
function refreshAll(deps: Deps, productIds: string[]): void {
  if (productIds.length === 0) return;
  deps.defer(async (background) => {
    // The workers share one iterator, so that each takes the next product.
    const queue = new Set(productIds).values();
    let failed = 0;
    const work = async () => {
      for (const productId of queue) {
        await background
          .stockOf(productId)
          .refresh()
          .catch(() => (failed += 1));
      }
    };
    await Promise.all(Array.from({ length: REFRESHES_IN_FLIGHT }, work));
    if (failed > 0) background.log("import_not_refreshed", { products: failed });
  });
}
