import { posix } from "node:path";
import { isReference, type Node, type Source, treeOf, visit } from "./syntax.ts";

/** One kind of file: which it is, what it may import, and from where. The first row whose pattern fits is a file's role. */
interface RoleRow {
  files: RegExp;
  /** Roles of the same slice, or of files outside the slices, that it may import. */
  near: string[];
  /** Roles of lower slices. */
  lower: string[];
  packages: RegExp | undefined;
}

const DRIZZLE = /^drizzle-orm(\/sqlite-core)?$/;
const ZOD = /^(zod|@hono\/zod-openapi)$/;
const HONO = /^(hono(\/[\w-]+)*|zod|@hono\/zod-openapi)$/;

/** Slices, lower first: a slice may use those before it (STYLE §1). */
const SLICES = ["events", "accounts", "catalog", "warehouses", "stock", "pricing", "carts", "orders", "payments"];

/** STYLE §1. `tokens` is what accounts prove themselves by, `object` is the Durable Object in its parts, `sql` its statements for D1, `bound` what the entry puts into the deps. */
export const ROLES: Readonly<Record<string, RoleRow>> = {
  entry: {
    files: /^(index|bind)\.ts$/,
    near: ["entry", "app", "bound", "config", "ids", "tokens", "meter", "db", "deps", "rules"],
    lower: ["verb", "object", "bound", "queries", "rules"],
    packages: undefined,
  },
  app: { files: /^app\.ts$/, near: ["http", "errors"], lower: ["routes"], packages: HONO },
  deps: { files: /^deps\.ts$/, near: ["config", "db", "rules"], lower: ["rules"], packages: undefined },
  errors: { files: /^errors\.ts$/, near: [], lower: [], packages: undefined },
  config: { files: /^config\.ts$/, near: [], lower: ["rules"], packages: ZOD },
  ids: { files: /^ids\.ts$/, near: ["rules"], lower: [], packages: undefined },
  tokens: { files: /^(tokens|passwords)\.ts$/, near: ["ids", "rules"], lower: ["rules"], packages: /^hono\/jwt$/ },
  meter: { files: /^meter\.ts$/, near: [], lower: [], packages: undefined },
  http: { files: /^http\/[\w-]+\.ts$/, near: ["http", "errors", "deps", "ids", "meter", "rules"], lower: [], packages: HONO },
  db: { files: /^db\/[\w-]+\.ts$/, near: ["db", "meter"], lower: [], packages: DRIZZLE },
  rules: { files: /^([\w-]+\/)?rules\/[\w-]+\.ts$/, near: ["rules"], lower: ["rules"], packages: undefined },
  tables: { files: /^[\w-]+\/tables\.ts$/, near: ["rules"], lower: ["tables", "rules"], packages: DRIZZLE },
  queries: {
    files: /^[\w-]+\/([\w-]+-)?queries\.ts$/,
    near: ["db", "tables", "rules", "sql", "queries"],
    lower: ["tables", "rules", "sql", "queries"],
    packages: DRIZZLE,
  },
  sql: {
    files: /^(stock\/(projection|[\w-]+-statements)|events\/outbox)\.ts$/,
    near: ["tables", "rules", "object", "sql"],
    lower: ["tables", "rules", "sql"],
    packages: DRIZZLE,
  },
  object: {
    files:
      /^stock\/(object|store|movement-store|desk|cart-store|cart-ledger|checkout-ledger|migrations|ledger|shipments|flush|projector|report|clock|waiting)\.ts$/,
    near: ["object", "rules", "sql", "db", "config"],
    lower: ["rules"],
    packages: /^cloudflare:workers$/,
  },
  bound: {
    files: /^(stock\/call|accounts\/identify)\.ts$/,
    near: ["deps", "db", "meter", "ids", "tokens", "queries", "rules"],
    lower: ["rules"],
    packages: undefined,
  },
  signature: {
    files: /^(events\/signature|payments\/stripe-signature)\.ts$/,
    near: [],
    lower: [],
    packages: /^standardwebhooks$/,
  },
  contract: {
    files: /^[\w-]+\/([\w-]+-)?contract\.ts$/,
    near: ["contract", "http", "errors", "rules"],
    lower: ["contract", "rules"],
    packages: ZOD,
  },
  routes: {
    files: /^[\w-]+\/([\w-]+-)?routes\.ts$/,
    near: ["contract", "json", "verb", "http", "errors", "rules"],
    lower: ["contract", "json", "rules"],
    packages: HONO,
  },
  json: {
    files: /^[\w-]+\/([\w-]+-)?json\.ts$/,
    near: ["json", "contract", "rules", "verb", "format", "http", "errors"],
    lower: ["json", "contract", "rules"],
    packages: undefined,
  },
  // A format that a package reads.
  format: { files: /^catalog\/csv\.ts$/, near: ["rules"], lower: ["rules"], packages: /^papaparse$/ },
  verb: {
    files: new RegExp(`^(${SLICES.join("|")})/[\\w-]+\\.ts$`),
    near: ["verb", "deps", "errors", "queries", "rules", "sql", "db", "signature"],
    lower: ["verb", "queries", "rules", "sql"],
    packages: undefined,
  },
};

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

/** Every way in which sources break STYLE §1 and §2, one line each. */
export function violationsOf(sources: readonly Source[]): string[] {
  return sources.flatMap((source) => [...pageViolations(source), ...roleViolations(source), ...purityViolations(source)]);
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

/** The role of a file, or `undefined` where the table knows none. */
export function roleOf(path: string): string | undefined {
  return Object.entries(ROLES).find(([, { files }]) => files.test(path))?.[0];
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
  const [from, to] = [sliceOf(path), sliceOf(target)];
  const role = roleOf(target) ?? "unknown";
  if (to === undefined || to === from) return !row.near.includes(role);
  const isLower = from === undefined || SLICES.indexOf(to) < SLICES.indexOf(from);
  return !isLower || !row.lower.includes(role);
}

function sliceOf(path: string): string | undefined {
  return SLICES.find((slice) => path.startsWith(`${slice}/`));
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

const IMPORTING = new Set([
  "ImportDeclaration",
  "ExportNamedDeclaration",
  "ExportAllDeclaration",
  "ImportExpression",
  "TSImportType",
]);
