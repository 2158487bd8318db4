import type { Deps } from "../../deps.ts";
import { failedConstraint } from "../../writes/constraint.ts";
import { writeOnce } from "../../writes/write-once.ts";
import type { Keyed } from "../../writes/rules/keyed.ts";
import { type ChunkAnswer, planChunk } from "./import-plan.ts";
import {
  CHUNK_LIMITS,
  chunksOf,
  type ImportRow,
  inFileOrder,
  partition,
  type ReportRow,
  type ValidRow,
} from "../rules/import-file.ts";
import type { ImportedChunk } from "./stale-queries.ts";

/** How often a chunk is tried because another request changed one of its products in between. */
const MAX_ATTEMPTS = 5;

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
  limits = CHUNK_LIMITS,
): Promise<{ report: ReportRow[]; importId: string | null; replayed: boolean }> {
  const { valid, refused } = partition(rows);
  const importId = keyed?.id ?? deps.newId();
  const answers: { answer: ChunkAnswer; replayed: boolean }[] = [];
  try {
    for (const [index, chunk] of chunksOf(valid, limits).entries()) {
      const key = keyed && { ...keyed, id: `${keyed.id}/${index}` };
      answers.push(await writeChunk(deps, key, chunk, { importId, rows: valid.length }));
    }
  } finally {
    if (answers.some(({ answer }) => answer.stale.length > 0)) deps.defer((background) => background.refreshLists(background));
  }
  const report = inFileOrder([...refused, ...answers.flatMap(({ answer }) => answer.report)]);
  const replayed = answers.length > 0 && answers.every((each) => each.replayed);
  return { report, importId: answers.length > 0 ? importId : null, replayed };
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
