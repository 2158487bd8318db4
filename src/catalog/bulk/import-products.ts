import type { Deps } from "../../deps.ts";
import { failedConstraint } from "../../writes/constraint.ts";
import { writeOnce } from "../../writes/write-once.ts";
import type { Keyed } from "../../writes/rules/keyed.ts";
import { type ChunkAnswer, planChunk, type WholeImport } from "./import-plan.ts";
import { findImportWarehouse } from "./opening-queries.ts";
import { hasUnits } from "../rules/foreign-stock.ts";
import {
  CHUNK_LIMITS,
  chunksOf,
  type ImportRow,
  inFileOrder,
  partition,
  type ReportRow,
  type ValidRow,
} from "../rules/import-file.ts";

/** How often a chunk is tried because another request changed one of its products in between. */
const MAX_ATTEMPTS = 5;

/** How a file is imported. */
interface ImportOptions {
  /** Where its quantities are received; default: the shop's only active warehouse. */
  warehouseId?: string | undefined;
  limits?: typeof CHUNK_LIMITS;
}

/** An import: the result of each row, in the order of the file. */
interface Imported {
  report: ReportRow[];
  /** Under which its progress is kept, if a row was written. */
  importId: string | null;
  /** Null where the file says nothing of units. */
  warehouseId: string | null;
  replayed: boolean;
}

/**
 * Creates and changes products from the rows of a file; every valid row is written, whatever the others are. Rows are written in
 * chunks, one batch each, whose reports are kept under the key, so a repeat continues where a failure stopped it and returns the same
 * report. Bundles come last, because their components may be new. What lists show of the products is computed anew after the answer (F5).
 * Units that the file of another shop says of variants without stock are received after the answer, too (S5).
 * @throws Refusal `validation_failed` where it is not clear in which warehouse the units are; `idempotency_key_reused`; `unresolved` if it is not known whether a chunk was written, or others kept changing its products
 */
export async function importProducts(
  deps: Deps,
  keyed: Keyed | undefined,
  rows: readonly ImportRow[],
  { warehouseId: named, limits = CHUNK_LIMITS }: ImportOptions = {},
): Promise<Imported> {
  const { valid, refused } = partition(rows);
  const importId = keyed?.id ?? deps.newId();
  const hasStock = valid.some(({ wanted }) => hasUnits(wanted.stock));
  const warehouseId = hasStock ? await warehouseOf(deps, importId, named) : undefined;
  const answers: { answer: ChunkAnswer; replayed: boolean }[] = [];
  try {
    for (const [index, chunk] of chunksOf(valid, limits).entries()) {
      const key = keyed && { ...keyed, id: `${keyed.id}/${index}` };
      answers.push(await writeChunk(deps, key, chunk, { importId, rows: valid.length, warehouseId }));
    }
  } finally {
    if (answers.some(({ answer }) => answer.stale.length > 0)) deps.defer((background) => background.refreshLists(background));
    if (answers.some(({ answer }) => answer.hasOpenings))
      deps.defer((background) => background.fileStock.receiveOwed(background));
  }
  const report = inFileOrder([...refused, ...answers.flatMap(({ answer }) => answer.report)]);
  const replayed = answers.length > 0 && answers.every((each) => each.replayed);
  return { report, importId: answers.length > 0 ? importId : null, warehouseId: warehouseId ?? null, replayed };
}

/** Where the units of a file are received: where it has begun, although the shop's warehouses may have changed since. */
async function warehouseOf(deps: Deps, importId: string, named: string | undefined): Promise<string> {
  const { begun } = await deps.db.batch("read import", { begun: findImportWarehouse(importId) });
  return begun?.warehouseId ?? deps.fileStock.warehouseOf(deps, named);
}

async function writeChunk(deps: Deps, key: Keyed | undefined, chunk: readonly ValidRow[], whole: WholeImport) {
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
