import { readFileSync, unwatchFile, watchFile, writeFileSync } from "node:fs";
import { join } from "node:path";
import { namesOf } from "./dev-vars.js";
import { failure } from "./failure.js";
import { ROOT } from "./root.js";

const SOURCE = "wrangler.toml";
/** Beside the source, because its paths, the stored state and .dev.vars are found from its folder. */
const DEV_CONFIG = "wrangler.dev.toml";
const POLL_MS = 1_000;

/**
 * Writes the configuration of local development. With `[secrets] required` wrangler takes from .dev.vars only what is listed there, so
 * here every name in .dev.vars is listed. It is written again when one of the two changes: that is what wrangler reloads the Worker for.
 * @param {string} [folder] @returns {string} the path
 */
export function writeDevConfig(folder = ROOT) {
  const path = join(folder, DEV_CONFIG);
  const sources = [join(folder, SOURCE), join(folder, ".dev.vars")];
  const write = () =>
    writeFileSync(path, devConfigOf(readFileSync(join(folder, SOURCE), "utf8"), namesOf(join(folder, ".dev.vars"))));
  write();
  for (const source of sources) {
    unwatchFile(source);
    // A file that is being saved may be empty for a moment.
    watchFile(source, { interval: POLL_MS, persistent: false }, () => ignoreFailure(write));
  }
  return path;
}

/** @param {() => void} write */
function ignoreFailure(write) {
  try {
    write();
  } catch {
    // The next save is read again.
  }
}

/**
 * @param {string} source the text of wrangler.toml @param {string[]} names those in .dev.vars
 * @throws a failure where it does not list the required secrets in one line
 */
function devConfigOf(source, names) {
  const list = /^required = (\[.*\])$/m.exec(source);
  if (list?.[1] === undefined) throw failure(`${SOURCE} has no line \`required = ["…"]\` under [secrets].`);
  const required = /** @type {string[]} */ (JSON.parse(list[1]));
  // What is a variable or a binding already is taken from .dev.vars as it is, and must not be listed twice.
  const more = names.filter((name) => !new RegExp(`^${name}\\s*=|"${name}"`, "m").test(source));
  const all = [...required, ...more];
  return `# Made by npm run dev from ${SOURCE}; change that one.\n${source.replace(list[0], () => `required = ${JSON.stringify(all)}`)}`;
}
