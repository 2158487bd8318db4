import { globSync, readFileSync } from "node:fs";
import { posix, resolve } from "node:path";
import { ROOT } from "./commands.ts";
import type { Source } from "./syntax.ts";

/** A rule of docs/protocol.md by its number, wherever it stands: `(C5)`, `(A1, A2)`, `(C2 to C4)`, `O1.`; not `%A0` of an encoded text. */
const RULE = /(?<![\w%])[COKAFSPI]\d{1,2}[a-c]?(?![\w%])/g;
const ANCHOR = /<a id="([a-z]\d{1,2}[a-c]?)"><\/a>/g;
/** Documents that this project was specified in and that are not in the repository. */
const FOREIGN = /\b(?:DESIG[N]|PROTOCO[L]|PLATFOR[M])\b|STYLE [§]/g;
/** A file or folder of the repository; `*` stands for any part of a name. */
const PATH = /(?<![\w./:-])(?!src\/node_modules)(?:src|test|docs|bench|scripts|migrations)\/[\w./*-]*[\w*](?<!\.)/g;
const TEST_NAME = /(?<![\w/.*-])[\w*-]+\.test\.ts\b/g;
const LINK = /\]\((?!https?:)([^)\s#]*)(?:#([^)\s]+))?\)/g;

/** Fixtures, reports of runs, and the test that plants broken citations. */
const NOT_READ = /^(test\/upgrade\/fixture\/|bench\/results\/|test\/repository\/protocol\.test\.ts)/;

/** The texts that may cite: sources, tests, scripts, the benchmark and documents. */
export function readTexts(): Source[] {
  const patterns = ["{src,test,scripts,bench}/**/*.{ts,js}", "{docs,bench}/**/*.md", "*.md"];
  const paths = patterns.flatMap((pattern) => globSync(pattern, { cwd: ROOT })).map((path) => path.replaceAll("\\", "/"));
  return paths
    .filter((path) => !NOT_READ.test(path))
    .toSorted()
    .map((path) => ({ path, text: readFileSync(resolve(ROOT, path), "utf8") }));
}

/** The rules that a text of docs/protocol.md has an anchor for. */
export function rulesIn(text: string): Set<string> {
  return new Set([...text.matchAll(ANCHOR)].map(([, id = ""]) => id.charAt(0).toUpperCase() + id.slice(1)));
}

/** Every rule that a text cites, once for each time. */
export function citedRules({ text }: Source): string[] {
  return [...text.matchAll(RULE)].map(([rule]) => rule);
}

/** Every file of the repository that a text names, by its path from the root, or a test by its name alone. */
export function citedPaths({ text }: Source): string[] {
  const tests = [...text.matchAll(TEST_NAME)].map(([name]) => `test/**/${name}`);
  return [...[...text.matchAll(PATH)].map(([path]) => path), ...tests];
}

/** What a text cites that is not there, one line each. @param rules those that have an anchor  @param exists whether the repository has a path */
export function brokenCitations(source: Source, rules: ReadonlySet<string>, exists = isThere): string[] {
  const { path, text } = source;
  const unknown = citedRules(source).filter((rule) => !rules.has(rule));
  const foreign = [...text.matchAll(FOREIGN)].map(([word]) => word);
  const missing = citedPaths(source).filter((cited) => !exists(cited));
  return [
    ...unknown.map((rule) => `${path}: docs/protocol.md has no rule ${rule}`),
    ...foreign.map((word) => `${path}: cites ${word}, which is not in the repository`),
    ...missing.map((cited) => `${path}: there is no ${cited}`),
    ...(path.endsWith(".md") ? brokenLinks(source, exists) : []),
  ];
}

function brokenLinks({ path, text }: Source, exists: (path: string) => boolean): string[] {
  return [...text.matchAll(LINK)].flatMap(([, file = "", anchor]) => {
    const target = file === "" ? path : posix.normalize(posix.join(posix.dirname(path), file));
    if (!exists(target)) return [`${path}: links to ${target}, which is not there`];
    if (anchor === undefined || !target.endsWith(".md")) return [];
    const there = anchorsIn(file === "" ? text : readFileSync(resolve(ROOT, target), "utf8"));
    return there.has(anchor) ? [] : [`${path}: ${target} has no heading ${anchor}`];
  });
}

/** The anchors of a document: explicit ones, and those that GitHub makes of headings. */
function anchorsIn(text: string): Set<string> {
  const headings = [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading = ""]) => slugOf(heading.replace(/<[^>]*>/g, "")));
  return new Set([...headings, ...[...text.matchAll(/<a id="([^"]+)">/g)].map(([, id = ""]) => id)]);
}

function slugOf(heading: string): string {
  return heading
    .toLowerCase()
    .replace(/[^\w\s-]/g, "")
    .trim()
    .replaceAll(" ", "-");
}

const known = new Map<string, boolean>();

function isThere(path: string): boolean {
  const there = known.get(path) ?? globSync(path, { cwd: ROOT }).length > 0;
  known.set(path, there);
  return there;
}
