import { readFileSync, writeFileSync } from "node:fs";
import { stripTypeScriptTypes } from "node:module";
import { basename, join } from "node:path";
import { buildBundle, copyPatched } from "../deployed/bundle.ts";
import { ROOT } from "../support/repository/commands.ts";
import type { Mutant } from "../sim/mutants.ts";

/** What a run serves: the deployed bundle and the wrapper around it. */
export interface RunBundle {
  script: string;
  wrapper: string;
  modules: Record<string, string>;
}

/**
 * Builds what a run serves.
 * @param mutant patches a copy of the sources first
 * @throws Error if a text that the mutant replaces is not found exactly once
 */
export async function buildRun(folder: string, mutant: Mutant | undefined): Promise<RunBundle> {
  const config = mutant && copyPatched(join(folder, "mutant"), mutant.patches);
  const script = await buildBundle(join(folder, "bundle"), config);
  const wrapper = writeModule(folder, "test/crash/wrapper.ts");
  const modules = { "random.js": writeModule(folder, "test/support/random.ts") };
  return { script, wrapper, modules };
}

/** Converts a TypeScript module to JavaScript in the folder of the bundle, with its imports pointing there. */
function writeModule(folder: string, file: string): string {
  const source = readFileSync(join(ROOT, file), "utf8");
  const path = join(folder, `${basename(file, ".ts")}.js`);
  writeFileSync(path, stripTypeScriptTypes(source.replace(/"[./]+\/(?:[\w-]+\/)*([\w-]+)\.ts"/g, '"./$1.js"')));
  return path;
}
