import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ROOT } from "../support/repository/commands.ts";
import type { Fixture } from "./fixture.ts";
import { withRawState } from "./raw-state.ts";

/** Restores a fixture. @param state an empty folder  @param atMs the new time of its last row; all times move with it */
export async function restore(fixture: Fixture, state: string, atMs: number): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "holdfast-migrations-"));
  try {
    for (const name of fixture.migrations) cpSync(join(ROOT, "migrations", name), join(folder, name));
    await withRawState(state, folder, (rawState) => rawState.fill(fixture, atMs - fixture.atMs));
  } finally {
    rmSync(folder, { recursive: true });
  }
}
