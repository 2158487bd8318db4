import { execFile } from "node:child_process";
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";

export const ROOT = resolve(import.meta.dirname, "../../..");

const TIMEOUT_MS = 60_000;

/**
 * Runs a tool of the project in the project's folder.
 * @returns what it printed  @throws Error with its output when it fails
 */
export async function runTool(tool: "wrangler" | "drizzle-kit" | "redocly", ...args: string[]): Promise<string> {
  const env = { ...process.env, WRANGLER_SEND_METRICS: "false", CI: "1", NO_COLOR: "1" };
  const { stdout, stderr } = await promisify(execFile)(resolve(ROOT, "node_modules/.bin", tool), args, {
    cwd: ROOT,
    env,
    timeout: TIMEOUT_MS,
  });
  return stdout + stderr;
}

/** Gives a fresh folder outside the repository, with copies of folders of it, and removes it afterwards. */
export async function inTemporaryFolder<T>(use: (folder: string) => Promise<T>, ...copied: string[]): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), "holdfast-test-"));
  try {
    for (const name of copied) cpSync(resolve(ROOT, name), join(folder, name), { recursive: true });
    return await use(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
