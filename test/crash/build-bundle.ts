import { readFileSync, writeFileSync } from "node:fs";
import { stripTypeScriptTypes } from "node:module";
import { basename, join } from "node:path";
import { buildBundle, copyPatched } from "../deployed/bundle.ts";
import { ROOT } from "../support/repository/commands.ts";
import type { Mutant } from "../sim/mutants.ts";

/** What a run serves: the deploy bundle, and the wrapper around it. */
export interface RunBundle {
  script: string;
  wrapper: string;
  modules: Record<string, string>;
}

/**
 * Builds what a run serves.
 * @param mutant a bug to plant in a copy of the sources first
 * @throws Error when the mutant's place is not found exactly once
 */
export async function buildRun(folder: string, mutant: Mutant | undefined): Promise<RunBundle> {
  const config = mutant && copyPatched(join(folder, "mutant"), mutant.patches);
  const script = await buildBundle(join(folder, "bundle"), config);
  const wrapper = writeModule(folder, "test/crash/wrapper.ts");
  const modules = { "random.js": writeModule(folder, "test/support/random.ts") };
  return { script, wrapper, modules };
}

/** What beside the bundle runs in workerd: JavaScript, all in one folder, with the bundle in place of the sources. */
function writeModule(folder: string, file: string): string {
  const source = readFileSync(join(ROOT, file), "utf8");
  const path = join(folder, `${basename(file, ".ts")}.js`);
  writeFileSync(path, stripTypeScriptTypes(source.replace(/"[./]+\/(?:[\w-]+\/)*([\w-]+)\.ts"/g, '"./$1.js"')));
  return path;
}
