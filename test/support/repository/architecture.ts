import { posix } from "node:path";
import { placeOf, roleOf, ROLES, type RoleRow, sliceNo } from "./roles.ts";
import { circlesIn, crowdedRooms } from "./rooms.ts";
import { isReference, type Node, type Source, treeOf, visit } from "./syntax.ts";

/** What makes a decision impure: a clock, chance, the outside. `Date.UTC` and the like would do no harm, but no rule needs them. */
const IMPURE = new Set([
  "Date",
  "performance",
  "crypto",
  "fetch",
  "setTimeout",
  "setInterval",
  "process",
  "console",
  "globalThis",
  "caches",
]);

const UNNAMED = /(^|[/-])(utils?|helpers?|lib|libs|services?|managers?|common|misc)([-/.]|$)/;
const KEBAB_PATH = /^([a-z0-9]+(-[a-z0-9]+)*\/)*[a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9]+)*$/;
const MAX_LINES = 200;

/** Every way in which the Worker's sources break the rules of imports, purity, names and sizes, one line each. */
export function violationsOf(sources: readonly Source[]): string[] {
  const imports = new Map(sources.map((source) => [source.path, importedFiles(source)]));
  return [
    ...sources.flatMap((source) => [...pageViolations(source), ...roleViolations(source), ...purityViolations(source)]),
    ...circlesIn(imports),
    ...crowdedRooms(sources.map(({ path }) => path)),
  ];
}

/** Names and size alone: holds for every file of the repository. */
export function pageViolations({ path, text }: Source): string[] {
  const lines = text.split("\n").length - 1;
  return [
    ...(KEBAB_PATH.test(path) ? [] : [`${path}: is not in kebab-case`]),
    ...(UNNAMED.test(path) ? [`${path}: its name does not say what it is`] : []),
    ...(lines > MAX_LINES ? [`${path}: has ${lines} lines, ${MAX_LINES} are the most`] : []),
  ];
}

function roleViolations(source: Source): string[] {
  const { path } = source;
  const role = roleOf(path);
  const row = role === undefined ? undefined : ROLES[role];
  if (!row) return [`${path}: has no role in the table`];
  return importsOf(source).flatMap((specifier) => {
    const refused = specifier.startsWith(".") ? refusesFile(path, row, specifier) : !row.packages?.test(specifier);
    return refused ? [`${path}: a file of the role ${role} must not import ${specifier}`] : [];
  });
}

function refusesFile(path: string, row: RoleRow, specifier: string): boolean {
  const target = posix.join(posix.dirname(path), specifier);
  const [from, to] = [placeOf(path), placeOf(target)];
  const role = roleOf(target) ?? "unknown";
  if (to.slice === undefined) return !row.near.includes(role);
  if (to.slice === from.slice) return to.room > from.room || !row.near.includes(role);
  const isLower = from.slice === undefined || sliceNo(to.slice) < sliceNo(from.slice);
  return !isLower || !row.lower.includes(role);
}

function purityViolations(source: Source): string[] {
  const { path } = source;
  if (roleOf(path) !== "rules") return [];
  const found = new Set<string>();
  visit(treeOf(source), (node, parent) => {
    if (node.async === true || node.type === "AwaitExpression") found.add("async");
    if (isReference(node, parent) && IMPURE.has(String(node.name))) found.add(String(node.name));
    const isRandom = node.type === "MemberExpression" && (node.property as Node).name === "random";
    if (isRandom) found.add("random");
  });
  return [...found].map((what) => `${path}: a rule must not use ${what}`);
}

/** What a file imports: statements, re-exports, `import()` and types by `import("…")`. */
export function importsOf(source: Source): string[] {
  const found: string[] = [];
  visit(treeOf(source), (node) => {
    const value = (node.source as Node | null | undefined)?.value;
    if (IMPORTING.has(node.type) && typeof value === "string") found.push(value);
  });
  return found;
}

function importedFiles(source: Source): string[] {
  const own = importsOf(source).filter((specifier) => specifier.startsWith("."));
  return own.map((specifier) => posix.join(posix.dirname(source.path), specifier));
}

const IMPORTING = new Set([
  "ImportDeclaration",
  "ExportNamedDeclaration",
  "ExportAllDeclaration",
  "ImportExpression",
  "TSImportType",
]);
