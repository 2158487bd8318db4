import { join } from "node:path";
import { runTool } from "../support/commands.ts";

/**
 * Builds what `wrangler deploy` would upload.
 * @param folder where to put it  @param config another wrangler.toml than the project's, for a changed copy of the sources
 * @returns the path of the script
 */
export async function buildBundle(folder: string, config?: string): Promise<string> {
  await runTool("wrangler", "deploy", "--dry-run", "--outdir", folder, ...(config ? ["--config", config] : []));
  return join(folder, "index.js");
}
