import { execFileSync } from "node:child_process";
import { failure } from "./failure.js";
import { ROOT } from "./root.js";

/** What the change is compared with: the first of these that there is. */
const BASES = ["origin/main", "main", "HEAD"];

/**
 * The files that differ from where this branch left main: committed since, changed or new.
 * @returns {{ since: string, files: string[] }} paths from the project's root
 */
export function changedFiles() {
  const base = BASES.find((name) => git("rev-parse", "--verify", "--quiet", `${name}^{commit}`) !== undefined);
  const since = base && git("merge-base", base, "HEAD");
  if (base === undefined || since === undefined) throw failure("npm run check:quick compares with git, and here is no commit.");
  const changed = git("diff", "--name-only", "--no-renames", since) ?? "";
  const added = git("ls-files", "--others", "--exclude-standard") ?? "";
  return { since: `${base} (${since.slice(0, 9)})`, files: [...new Set(`${changed}\n${added}`.split("\n").filter(Boolean))] };
}

/** @param {string[]} args @returns {string | undefined} what git said; nothing where it failed */
function git(...args) {
  try {
    return execFileSync("git", args, { cwd: ROOT, encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).trim();
  } catch {
    return undefined;
  }
}
