import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT, runTool } from "../support/repository/commands.ts";

/** A change of the sources: a text that is there exactly once, and what is built in its place. */
export interface Patch {
  /** Its path below `src`. */
  file: string;
  find: string;
  replace: string;
}

const COPIED = ["src", "migrations", "wrangler.toml", "package.json", "tsconfig.json"];

/**
 * Builds what `wrangler deploy` would upload.
 * @param folder where to put it  @param config another wrangler.toml than the project's, for a changed copy of the sources
 * @returns the path of the script
 */
export async function buildBundle(folder: string, config?: string): Promise<string> {
  await runTool("wrangler", "deploy", "--dry-run", "--outdir", folder, ...(config ? ["--config", config] : []));
  return join(folder, "index.js");
}

/**
 * Makes a changed copy of the sources, of which `buildBundle` builds.
 * @returns its wrangler.toml
 * @throws Error where a patch's place is not found exactly once
 */
export function copyPatched(folder: string, patches: readonly Patch[]): string {
  mkdirSync(folder);
  for (const part of COPIED) cpSync(join(ROOT, part), join(folder, part), { recursive: true });
  symlinkSync(join(ROOT, "node_modules"), join(folder, "node_modules"));
  for (const patch of patches) {
    const path = join(folder, "src", patch.file);
    writeFileSync(path, patched(readFileSync(path, "utf8"), patch));
  }
  return join(folder, "wrangler.toml");
}

/** @throws Error where the patch's place is not found exactly once */
export function patched(source: string, { file, find, replace }: Patch): string {
  const parts = source.split(find);
  if (parts.length !== 2) throw new Error(`${file} has ${parts.length - 1} times, not once: ${find}`);
  return parts.join(replace);
}
