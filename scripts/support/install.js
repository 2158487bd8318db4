import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { delimiter, dirname, join } from "node:path";
import { runQuietly } from "./children.js";
import { failure } from "./failure.js";
import { showWork } from "./progress.js";
import { ROOT } from "./root.js";

const require = createRequire(import.meta.url);
const MODULES = join(ROOT, "node_modules");
const BIN = join(MODULES, ".bin");
const BUNDLED_NODE = join(BIN, "node");

/** The oldest Node that wrangler runs on. */
const MIN_NODE = { major: 22, minor: 12 };

/**
 * @typedef {{ version?: string, integrity?: string, optional?: boolean }} LockedPackage
 * @typedef {{ packages?: Record<string, LockedPackage> }} Lock
 */

/** Runs `npm ci` when node_modules is not what package-lock.json says, and demands a Node that wrangler runs on. */
export async function ensureInstalled() {
  if (!isInstalled(readLock(join(ROOT, "package-lock.json")), readLock(join(MODULES, ".package-lock.json")))) {
    await showWork("Installing packages (npm ci)", install);
  }
  if (existsSync(BUNDLED_NODE)) return;
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  if (major > MIN_NODE.major || (major === MIN_NODE.major && minor >= MIN_NODE.minor)) return;
  throw failure(
    `wrangler needs Node ${MIN_NODE.major}.${MIN_NODE.minor} or newer, and this is ${process.versions.node}. ` +
      "On Linux (x64, arm64) npm ci brings one: delete node_modules and try again. Elsewhere, update Node.",
  );
}

/**
 * Compares the lock file with the one that npm leaves in node_modules when an installation has ended well.
 * Optional packages may be missing: those of other platforms are.
 * @param {Lock | undefined} wanted @param {Lock | undefined} present
 */
export function isInstalled(wanted, present) {
  if (wanted?.packages === undefined || present?.packages === undefined) return false;
  const { "": _root, ...packages } = wanted.packages;
  const installed = present.packages;
  const isExtra = Object.keys(installed).some((path) => packages[path] === undefined);
  return !isExtra && Object.entries(packages).every(([path, entry]) => isSame(entry, installed[path]));
}

/** @param {LockedPackage} wanted @param {LockedPackage | undefined} present */
function isSame(wanted, present) {
  if (present === undefined) return wanted.optional === true;
  return wanted.version === present.version && wanted.integrity === present.integrity;
}

/** @param {string} path @returns {Lock | undefined} */
function readLock(path) {
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch {
    return undefined;
  }
}

async function install() {
  // npm ci deletes node_modules, so npm must not run on the Node in there.
  const path = (process.env.PATH ?? "").split(delimiter).filter((folder) => !folder.startsWith(MODULES));
  const env = { ...process.env, PATH: path.join(delimiter) };
  await runQuietly("npm", ["ci", "--loglevel=error"], env, "npm ci failed; what it said stands above.");
}

/** The environment in which `node` and every tool are those of node_modules. */
export function toolEnv() {
  return { ...process.env, PATH: `${BIN}${delimiter}${process.env.PATH ?? ""}`, WRANGLER_SEND_METRICS: "false" };
}

/**
 * The command line that runs wrangler on the project's own Node.
 * @param {string[]} args
 * @returns {[command: string, args: string[]]}
 */
export function wranglerCommand(args) {
  const node = existsSync(BUNDLED_NODE) ? BUNDLED_NODE : process.execPath;
  const folder = dirname(require.resolve("wrangler/package.json"));
  return [node, [join(folder, "bin", "wrangler.js"), ...args]];
}
