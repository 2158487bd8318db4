import type { Deps } from "../../deps.ts";
import { failedConstraint } from "../../writes/constraint.ts";
import { writeOnce } from "../../writes/write-once.ts";
import type { Keyed } from "../../writes/rules/keyed.ts";
import { type ChunkAnswer, planChunk, type ReportRow } from "./import-plan.ts";
import { duplicatesIn } from "../rules/import-keys.ts";
import type { ImportedChunk } from "./stale-queries.ts";
import { MAX_ROW_ERRORS, type RowError, splitByWeight, type WantedProduct } from "../rules/import-row.ts";

/** The most rows and characters of one chunk, which is read and written in one batch each. */
const CHUNK_LIMITS = { items: 500, weight: 400_000 };
/** How often a chunk is tried because another request changed one of its products in between. */
const MAX_ATTEMPTS = 5;

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
 * report. Bundles come last, because their components may be new. What lists show of the products is computed anew after the answer (F5).
 * @returns the result of each row, in the order of the file; the import's id, under which its progress is kept, if a row was written
 * @throws Refusal `idempotency_key_reused`; `unresolved` if it is not known whether a chunk was written, or others kept changing its products
 */
export async function importProducts(
  deps: Deps,
  keyed: Keyed | undefined,
  rows: readonly ImportRow[],
): Promise<{ report: ReportRow[]; importId: string | null; replayed: boolean }> {
  const { valid, refused } = partition(rows);
  const importId = keyed?.id ?? deps.newId();
  const answers: { answer: ChunkAnswer; replayed: boolean }[] = [];
  try {
    for (const [index, chunk] of chunksOf(valid).entries()) {
      const key = keyed && { ...keyed, id: `${keyed.id}/${index}` };
      answers.push(await writeChunk(deps, key, chunk, { importId, rows: valid.length }));
    }
  } finally {
    if (answers.some(({ answer }) => answer.stale.length > 0)) deps.defer((background) => background.refreshLists(background));
  }
  const report = [...refused, ...answers.flatMap(({ answer }) => answer.report)].toSorted((a, b) => a.row - b.row);
  const replayed = answers.length > 0 && answers.every((each) => each.replayed);
  return { report, importId: answers.length > 0 ? importId : null, replayed };
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

async function writeChunk(
  deps: Deps,
  key: Keyed | undefined,
  chunk: readonly ValidRow[],
  whole: Pick<ImportedChunk, "importId" | "rows">,
) {
  for (let attempt = 1; ; attempt += 1) {
    let isOvertaken = false;
    const conflict = (error: unknown) => {
      isOvertaken = /^(products|variants)\./.test(failedConstraint(error) ?? "");
      return undefined;
    };
    try {
      return await writeOnce(deps, key, () => planChunk(deps, chunk, whole), conflict);
    } catch (error) {
      if (!isOvertaken || attempt === MAX_ATTEMPTS) throw error;
    }
  }
}
