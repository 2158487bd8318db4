import type { Deps } from "../../deps.ts";
import { decideChunk, foresee, newForesight, withForesight } from "../rules/import-chunk.ts";
import {
  CHUNK_LIMITS,
  chunksOf,
  type ImportRow,
  inFileOrder,
  partition,
  reportOf,
  type ReportRow,
} from "../rules/import-file.ts";
import { hasUnits } from "../rules/foreign-stock.ts";
import { readFacts, readUnits } from "./import-plan.ts";

/**
 * What an import of the rows would do; writes nothing. It decides the same chunks by the same rules, and remembers what each would have
 * written, because the next depends on it.
 * @returns the result of each row, in the order of the file, with each changed product before and after
 */
export async function foreseeImport(
  deps: Deps,
  rows: readonly ImportRow[],
  { warehouseId: named, limits = CHUNK_LIMITS }: { warehouseId?: string | undefined; limits?: typeof CHUNK_LIMITS } = {},
): Promise<{ report: ReportRow[]; warehouseId: string | null }> {
  const { valid, refused } = partition(rows);
  const hasStock = valid.some(({ wanted }) => hasUnits(wanted.stock));
  const warehouseId = hasStock ? await deps.fileStock.warehouseOf(deps, named) : undefined;
  const foresight = newForesight();
  const report = [...refused];
  for (const chunk of chunksOf(valid, limits)) {
    const wanted = chunk.map((each) => each.wanted);
    const units = await readUnits(deps, wanted, warehouseId);
    const facts = withForesight(wanted, await readFacts(deps, wanted), foresight);
    const decisions = decideChunk(wanted, facts, deps.nowMs());
    foresee(foresight, decisions);
    for (const [at, row] of reportOf(chunk, decisions, { units, existing: facts.existing }).entries()) {
      const decision = decisions[at];
      report.push(decision?.outcome === "updated" ? { ...row, foreseen: decision } : row);
    }
  }
  return { report: inFileOrder(report), warehouseId: warehouseId ?? null };
}
