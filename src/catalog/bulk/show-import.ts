import type { Deps } from "../../deps.ts";
import { Refusal } from "../../errors.ts";
import { findImport, type ImportProgress } from "./stale-queries.ts";

export type ShownImport = ImportProgress & { importId: string };

/**
 * Shows how far an import has come.
 * @throws Refusal `not_found`
 */
export async function showImport(deps: Deps, importId: string): Promise<ShownImport> {
  const { progress } = await deps.db.batch("show import", { progress: findImport(importId) });
  if (!progress) throw new Refusal("not_found", `There is no import ${importId}.`);
  return { importId, ...progress };
}
