import { posix } from "node:path";
import { ERRORS } from "../../../src/errors.ts";
import { isReference, type Node, type Source, treeOf, visit, visitValues } from "./syntax.ts";

/** What a route declares in its contract, and what its handler can come to refuse with. */
export interface RouteCodes {
  route: string;
  /** The right that its contract needs. */
  action: string | undefined;
  declared: Set<string>;
  thrown: Set<string>;
}

interface Module {
  /** The tree of everything that is declared at the top, by name. */
  declared: Map<string, Node>;
  /** Imported names: where from, and what they are called there; `*` for a namespace. */
  imported: Map<string, { path: string; name: string }>;
}

type Modules = ReadonlyMap<string, Module>;

const CODES = new Set(Object.keys(ERRORS));

/**
 * Follows each route from its handler through every function that it names, and collects the codes on the way. Text alone is
 * followed, not values: a code that is computed, or thrown by a function that only `deps` names, is not seen.
 */
export function routeCodes(sources: readonly Source[]): RouteCodes[] {
  const modules = new Map(sources.map((source) => [source.path, moduleOf(source)]));
  return sources.flatMap((source) => routesIn(modules, source));
}

function routesIn(modules: Modules, source: Source): RouteCodes[] {
  const calls = callsIn(source);
  const limits = calls.filter(({ method }) => ["post", "patch", "put"].includes(method));
  return calls
    .filter(({ method }) => method === "openapi")
    .map(({ first, second }) => {
      const found = targetsOf(modules, source.path, first).find(({ path }) => path.endsWith("contract.ts"));
      const contract = found && modules.get(found.path)?.declared.get(found.name);
      if (!found || !contract) throw new Error(`${source.path}: a route without a contract`);
      const [method, path] = [propertyIn(contract, "method")?.value, propertyIn(contract, "path")?.value];
      const before = limits
        .filter((limit) => limit.method === method && asDocumented(limit.first.value) === path)
        .map(({ second: limit }) => limit);
      return {
        route: `${found.path} ${found.name}`,
        action: actionIn(contract),
        declared: reach(modules, found.path, contract, literalsIn, (each) => each.endsWith("contract.ts")),
        thrown: new Set([second, ...before].flatMap((handler) => [...reach(modules, source.path, handler, refusedIn)])),
      };
    });
}

/** A path of the router as a contract writes it. */
function asDocumented(path: unknown): unknown {
  return typeof path === "string" ? path.replaceAll(/:(\w+)/g, "{$1}") : path;
}

/** The right in `operation("…", right)`. */
function actionIn(contract: Node): string | undefined {
  const call = callsOf(contract, "operation")[0]?.arguments as Node[] | undefined;
  return call?.[1]?.value as string | undefined;
}

function callsOf(tree: Node, name: string): Node[] {
  const found: Node[] = [];
  visit(tree, (node) => {
    if (node.type === "CallExpression" && (node.callee as Node).name === name) found.push(node);
  });
  return found;
}

/** Method calls with two arguments, such as `routes.openapi(contract, handler)` and `routes.post(path, middleware)`. */
function callsIn(source: Source): { method: string; first: Node; second: Node }[] {
  const found: { method: string; first: Node; second: Node }[] = [];
  visit(treeOf(source), (node) => {
    const [first, second] = (node.arguments ?? []) as Node[];
    const method = node.type === "CallExpression" ? ((node.callee as Node).property as Node | undefined)?.name : undefined;
    if (typeof method === "string" && first && second) found.push({ method, first, second });
  });
  return found;
}

/** Collects what `read` finds in a tree and in every declaration that is reached from it by name. */
function reach(
  modules: Modules,
  path: string,
  tree: Node,
  read: (tree: Node) => string[],
  into = (_path: string) => true,
): Set<string> {
  const found = new Set<string>();
  const seen = new Set<string>();
  const follow = (from: string, node: Node) => {
    for (const code of read(node)) found.add(code);
    for (const target of targetsOf(modules, from, node)) {
      const key = `${target.path} ${target.name}`;
      const next = modules.get(target.path)?.declared.get(target.name);
      if (!next || seen.has(key) || !into(target.path)) continue;
      seen.add(key);
      follow(target.path, next);
    }
  };
  follow(path, tree);
  return found;
}

function targetsOf(modules: Modules, path: string, tree: Node): { path: string; name: string }[] {
  const module = modules.get(path);
  const found: { path: string; name: string }[] = [];
  visitValues(tree, (node, parent) => {
    const name = String(node.name);
    const imported = isReference(node, parent) ? module?.imported.get(name) : undefined;
    if (imported)
      found.push(
        imported.name === "*" ? { path: imported.path, name: String((parent?.property as Node | undefined)?.name) } : imported,
      );
    else if (isReference(node, parent) && module?.declared.has(name)) found.push({ path, name });
  });
  return found;
}

function literalsIn(tree: Node): string[] {
  const found: string[] = [];
  visit(tree, ({ type, value }) => {
    if (type === "Literal" && typeof value === "string" && CODES.has(value)) found.push(value);
  });
  return found;
}

/** Codes that something is called with first: `new Refusal("…")`, or a function that makes one. */
export function refusedIn(tree: Node): string[] {
  const found: string[] = [];
  visit(tree, (node) => {
    const [first] = (node.arguments ?? []) as Node[];
    const isCall = node.type === "NewExpression" || node.type === "CallExpression";
    if (isCall && first && !first.type.includes("Function")) found.push(...literalsIn(first));
  });
  return found;
}

/** The value of the first member of that name anywhere in a tree. */
function propertyIn(tree: Node, name: string): Node | undefined {
  let found: Node | undefined;
  visit(tree, (node) => {
    if (node.type === "Property" && (node.key as Node).name === name) found ??= node.value as Node;
  });
  return found;
}

function moduleOf(source: Source): Module {
  const module: Module = { declared: new Map(), imported: new Map() };
  for (const statement of treeOf(source).body as Node[]) {
    if (statement.type === "ImportDeclaration") addImports(module, source.path, statement);
    const declaration = (statement.declaration as Node | null | undefined) ?? statement;
    const named = declaration.type === "VariableDeclaration" ? (declaration.declarations as Node[]) : [declaration];
    for (const node of named) {
      const name = (node.id as Node | null | undefined)?.name;
      if (typeof name === "string") module.declared.set(name, node);
    }
  }
  return module;
}

function addImports(module: Module, path: string, statement: Node): void {
  const from = String((statement.source as Node).value);
  if (!from.startsWith(".") || statement.importKind === "type") return;
  for (const specifier of statement.specifiers as Node[]) {
    const name = specifier.type === "ImportNamespaceSpecifier" ? "*" : String((specifier.imported as Node | undefined)?.name);
    module.imported.set(String((specifier.local as Node).name), { path: posix.join(posix.dirname(path), from), name });
  }
}
