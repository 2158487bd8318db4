import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ROOT, runTool } from "../support/repository/commands.ts";

/** A change of the sources: a text that occurs exactly once, and its replacement. */
export interface Patch {
  /** Its path below `src`. */
  file: string;
  find: string;
  replace: string;
}

const COPIED = ["src", "migrations", "wrangler.toml", "package.json", "tsconfig.json"];

/**
 * Builds the bundle that `wrangler deploy` would upload.
 * @param folder of the output  @param config the wrangler.toml of a changed copy of the sources, if not the project's
 * @returns the path of the script
 */
export async function buildBundle(folder: string, config?: string): Promise<string> {
  await runTool("wrangler", "deploy", "--dry-run", "--outdir", folder, ...(config ? ["--config", config] : []));
  return join(folder, "index.js");
}

let current: Promise<string> | undefined;

/** The bundle of the sources as they are, which a process builds once and removes at its end. @returns the path of the script */
export function currentBundle(): Promise<string> {
  current ??= buildCurrent();
  return current;
}

function buildCurrent(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "holdfast-bundle-"));
  process.once("exit", () => rmSync(folder, { recursive: true }));
  return buildBundle(folder);
}

/**
 * Copies and patches the sources, for `buildBundle`.
 * @returns the wrangler.toml of the copy
 * @throws Error if the text of a patch does not occur exactly once
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

/** @throws Error if the text of the patch does not occur exactly once */
export function patched(source: string, { file, find, replace }: Patch): string {
  const parts = source.split(find);
  if (parts.length !== 2) throw new Error(`${file} has ${parts.length - 1} times, not once: ${find}`);
  return parts.join(replace);
}
