import type { Deps } from "../../deps.ts";
import { Refusal } from "../../errors.ts";
import { findKeptOpenings, type KeptOpening } from "./opening-queries.ts";
import { findImport, type ImportProgress } from "./stale-queries.ts";

/** The most variants that are listed because they had stock by the time that it was to be received. */
const MAX_KEPT = 100;

export type ShownImport = ImportProgress & { importId: string; kept: KeptOpening[] };

/**
 * Shows how far an import has come.
 * @throws Refusal `not_found`
 */
export async function showImport(deps: Deps, importId: string): Promise<ShownImport> {
  const { progress, kept } = await deps.db.batch("show import", {
    progress: findImport(importId),
    kept: findKeptOpenings(importId, MAX_KEPT),
  });
  if (!progress) throw new Refusal("not_found", `There is no import ${importId}.`);
  // Who waits for opening stock need not wait for the cron.
  if (progress.stockLeft > 0) deps.defer((background) => background.fileStock.receiveOwed(background));
  return { importId, ...progress, kept };
}
