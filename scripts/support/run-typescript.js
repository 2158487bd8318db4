import { runScript } from "./failure.js";
import { startChild } from "./children.js";
import { ensureInstalled, toolEnv } from "./install.js";

/**
 * Installs what is missing, then runs a TypeScript file of the project on the project's own Node, and passes its exit code on.
 * @param {string} file from the project's root  @param {string[]} nodeOptions
 */
export async function runTypeScript(file, nodeOptions = []) {
  await runScript(async () => {
    await ensureInstalled();
    const args = [...nodeOptions, file, ...process.argv.slice(2)];
    process.exitCode = await startChild("node", args, toolEnv(), "inherit").exitCode;
  });
}
