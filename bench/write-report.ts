import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { join } from "node:path";

/** Where the last reports of the long runs are kept; docs/reliability.md links them. */
export const RESULTS = join(import.meta.dirname, "results");

/** The commit that a run is of; says so where the files differ from it, and `unknown` where there is no Git. */
export function commitNow(): string {
  try {
    const args = ["describe", "--always", "--dirty= with changes", "--abbrev=9", "--exclude=*"];
    return execFileSync("git", args, { cwd: import.meta.dirname, encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).trim();
  } catch {
    return "unknown";
  }
}

/**
 * Keeps what a command printed last, with what it ran on, as a Markdown file.
 * @param name of the file, without its ending  @param command as it is typed  @param body Markdown
 */
export function writeReport(name: string, command: string, body: string): void {
  const [cpu] = cpus();
  const machine = `${cpus().length} cores (${cpu?.model ?? "unknown"}), Node ${process.versions.node}`;
  const head = [`# Last report of \`${command}\``, "", `${new Date().toISOString()}, commit ${commitNow()}, ${machine}.`, ""];
  mkdirSync(RESULTS, { recursive: true });
  writeFileSync(join(RESULTS, `${name}.md`), [...head, body, ""].join("\n"));
}

/** What a command printed, as Markdown. */
export function printed(lines: readonly string[]): string {
  return ["```", ...lines, "```"].join("\n");
}
