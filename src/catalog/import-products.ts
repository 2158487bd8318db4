import type { Deps } from "../deps.ts";
import { failedConstraint } from "../writes/constraint.ts";
import { writeOnce } from "../writes/write-once.ts";
import type { Keyed } from "../writes/rules/keyed.ts";
import { type ChunkAnswer, planChunk, type ReportRow } from "./import-plan.ts";
import { repeatsIn } from "./rules/import-keys.ts";
import { MAX_ROW_ERRORS, type RowError, type WantedProduct } from "./rules/import-row.ts";
import { piecesOf } from "./rules/pieces.ts";

/** What one batch reads and writes: so many rows at most, of so many characters. */
const CHUNK = { items: 500, weight: 400_000 };
/** How often a chunk is decided anew because somebody else changed one of its products in between. */
const MAX_ATTEMPTS = 5;
/** As many calls as Cloudflare lets one invocation have open at a time. */
const REFRESHES_IN_FLIGHT = 6;

/** A row of a file: what it wants, or why it cannot be read. */
export interface ImportRow {
  row: number;
  /** As far as it can be read. */
  productId: string | null;
  wanted: WantedProduct | undefined;
  errors: RowError[];
}

interface ReadyRow {
  row: number;
  wanted: WantedProduct;
}

/**
 * Makes and changes products as the rows of a file say; every good row is kept, whatever the others are. Rows are written in chunks,
 * one batch each, whose reports are kept under the key, so a repeat goes on where a failure stopped and reports the same. Bundles come
 * last, because their components may be new.
 * @returns what became of each row, in the order of the file
 * @throws Refusal `idempotency_key_reused`; `unresolved` when D1 did not say whether it wrote a chunk, or others were faster each time
 */
export async function importProducts(
  deps: Deps,
  keyed: Keyed | undefined,
  rows: readonly ImportRow[],
): Promise<{ report: ReportRow[]; replayed: boolean }> {
  const { ready, refused } = sortOut(rows);
  const answers: { answer: ChunkAnswer; replayed: boolean }[] = [];
  try {
    for (const [index, chunk] of chunksOf(ready).entries()) {
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

function sortOut(rows: readonly ImportRow[]): { ready: ReadyRow[]; refused: ReportRow[] } {
  const readable = rows.flatMap(({ row, wanted }) => (wanted ? [{ row, wanted }] : []));
  const repeats = repeatsIn(readable.map(({ wanted }) => wanted));
  const refused = rows.flatMap(({ row, productId, errors }) => (errors.length > 0 ? [refusedRow(row, productId, errors)] : []));
  const repeated = readable.flatMap(({ row, wanted }, index) => {
    const errors = repeats[index] ?? [];
    return errors.length > 0 ? [refusedRow(row, wanted.productId, errors)] : [];
  });
  return { ready: readable.filter((_, index) => repeats[index]?.length === 0), refused: [...refused, ...repeated] };
}

function refusedRow(row: number, productId: string | null, errors: RowError[]): ReportRow {
  return { row, productId, outcome: "refused", errors: errors.slice(0, MAX_ROW_ERRORS) };
}

function chunksOf(rows: readonly ReadyRow[]): ReadyRow[][] {
  const [plain, bundles] = [false, true].map((isBundle) =>
    rows.filter(({ wanted }) => (wanted.components !== undefined) === isBundle),
  );
  return [plain, bundles].flatMap((some = []) => piecesOf(some, ({ wanted }) => JSON.stringify(wanted).length, CHUNK));
}

async function writeChunk(deps: Deps, key: Keyed | undefined, chunk: readonly ReadyRow[]) {
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
 * Has what lists show of changed products computed anew, after the answer. Where that is cut, they follow with the next change of
 * their stock, or when a repeat of the import asks again.
 */
function refreshAll(deps: Deps, productIds: string[]): void {
  if (productIds.length === 0) return;
  deps.defer(async (background) => {
    // One iterator for all, so that each takes the next.
    const rest = new Set(productIds).values();
    let failed = 0;
    const work = async () => {
      for (const productId of rest) {
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
