import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, posix } from "node:path";
import { ROOT } from "./root.js";

const FOLDERS = ["src", "test", "scripts", "bench"];
const SOURCE = /\.[jt]s$/;
const TEST = /\.test\.ts$/;
const IMPORT = /(?:\bfrom|\bimport)\s*\(?\s*["'](\.[^"']+)["']/g;
/** A path of the repository that is written as a string, as by tests that read or start what is there. */
const NAMED = /["'`](?:\.{1,2}\/)*((?:src|docs|scripts|bench|test|migrations)\/[\w./-]+|[\w-]+\.(?:md|json|toml))["'`]/g;
/** Who asks over HTTP uses the whole Worker, a long way off. */
const OVER_HTTP = /\bexports\b.* from "cloudflare:workers"/;
const WORKER = "src/index.ts";
/** Nearer than what is reached over HTTP, farther than what is imported: the tests of the same slice. */
const SAME_SLICE = 3;
const BY_HTTP = 20;
/** What every test runs on. */
const GROUND = /^(migrations\/|package(-lock)?\.json$|wrangler\.toml$|test\/(vitest\.config|longest-first|support\/setup)\.ts$)/;

/**
 * The tests that changed files can touch, by imports, by paths that they name, and over HTTP; the nearest first.
 * @param {readonly string[]} changed
 */
export function touchedTests(changed) {
  const sources = FOLDERS.flatMap(sourcesIn);
  const tests = sources.filter((file) => TEST.test(file));
  const users = usersOf(sources);
  const distances = distancesFrom(changed, users);
  const slices = new Set(changed.map(sliceOf));
  const rankOf = (/** @type {string} */ test) => {
    const distance = distances.get(test);
    if (distance === undefined) return changed.some((file) => GROUND.test(file)) ? BY_HTTP : undefined;
    return slices.has(sliceOf(test)) ? Math.min(distance, SAME_SLICE) : distance;
  };
  return tests
    .flatMap((test) => ({ test, rank: rankOf(test) ?? Infinity }))
    .filter(({ rank }) => rank < Infinity)
    .toSorted((a, b) => a.rank - b.rank || (a.test < b.test ? -1 : 1))
    .map(({ test }) => test);
}

/** @param {string} folder */
function sourcesIn(folder) {
  const files = readdirSync(join(ROOT, folder), { encoding: "utf8", recursive: true });
  return files.map((file) => `${folder}/${file.replaceAll("\\", "/")}`).filter((file) => SOURCE.test(file));
}

/** @param {string} file `src/carts/claim-cart.ts` and `test/carts/claim.test.ts` are of one slice */
function sliceOf(file) {
  return file.split("/")[1];
}

/**
 * @param {readonly string[]} sources
 * @returns {Map<string, Set<string>>} for each file, those that import or name it
 */
function usersOf(sources) {
  /** @type {Map<string, Set<string>>} */
  const users = new Map();
  for (const file of sources) {
    const text = readFileSync(join(ROOT, file), "utf8");
    const imported = [...text.matchAll(IMPORT)].map(([, path = ""]) => posix.join(posix.dirname(file), path));
    // What the Worker names, it links to.
    const names = file.startsWith("src/") ? [] : [...text.matchAll(NAMED)];
    const named = names.map(([, path = ""]) => path).filter((path) => existsSync(join(ROOT, path)));
    if (OVER_HTTP.test(text)) imported.push(WORKER);
    for (const used of [...imported, ...named]) users.set(used, (users.get(used) ?? new Set()).add(file));
  }
  return users;
}

/**
 * How many steps of importing it is from the nearest of some files.
 * @param {readonly string[]} from @param {Map<string, Set<string>>} users
 */
function distancesFrom(from, users) {
  /** @type {Map<string, number>} */
  const distances = new Map();
  /** @type {[string, number][]} */
  const waiting = from.map((file) => [file, 0]);
  /** @type {[string, number][]} */
  const far = [];
  for (;;) {
    const next = waiting.shift() ?? far.shift();
    if (next === undefined) return distances;
    const [file, distance] = next;
    if (distances.has(file)) continue;
    distances.set(file, distance);
    for (const user of users.get(file) ?? []) {
      if (file === WORKER) far.push([user, BY_HTTP]);
      else waiting.push([user, distance + 1]);
    }
  }
}
