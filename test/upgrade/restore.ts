import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ROOT } from "../support/repository/commands.ts";
import type { Fixture } from "./fixture.ts";
import { withKeeper } from "./keeper.ts";

/** Makes of a fixture what D1 and the objects kept, as if its last row had been written at a time. @param state an empty folder */
export async function restore(fixture: Fixture, state: string, atMs: number): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "holdfast-migrations-"));
  try {
    for (const name of fixture.migrations) cpSync(join(ROOT, "migrations", name), join(folder, name));
    await withKeeper(state, folder, (keeper) => keeper.fill(fixture, atMs - fixture.atMs));
  } finally {
    rmSync(folder, { recursive: true });
  }
}
