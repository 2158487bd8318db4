import { globSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { parseAst } from "vitest/node";
import { ROOT } from "./commands.ts";

/** A file with its path inside the folder that it was read from. */
export interface Source {
  path: string;
  text: string;
}

/** A node of a syntax tree, as ESTree has it. */
export type Node = Record<string, unknown> & { type: string };

/** Reads the files of one of the repository's folders, in the order of their paths. */
export function readSources(folder: string, pattern: string): Source[] {
  const paths = globSync(pattern, { cwd: resolve(ROOT, folder) }).map((path) => path.replaceAll("\\", "/"));
  return paths.toSorted().map((path) => ({ path, text: readFileSync(resolve(ROOT, folder, path), "utf8") }));
}

/** The sources of the Worker, without the one file that is generated. */
export function readWorkerSources(): Source[] {
  return readSources("src", "**/*.ts").filter(({ path }) => path !== "env.d.ts");
}

export function treeOf({ text }: Source): Node {
  return parseAst(text, { lang: "ts" }) as unknown as Node;
}

/** Visits every node of a tree, parents first. */
export function visit(value: unknown, see: (node: Node, parent?: Node) => void, parent?: Node): void {
  if (Array.isArray(value)) for (const each of value) visit(each, see, parent);
  else if (value !== null && typeof value === "object") {
    const isNode = "type" in value && typeof value.type === "string";
    if (isNode) see(value as Node, parent);
    for (const each of Object.values(value)) visit(each, see, isNode ? (value as Node) : parent);
  }
}

/** Whether a node names something in scope, and is not merely the name of a member. */
export function isReference(node: Node, parent: Node | undefined): boolean {
  return node.type === "Identifier" && !(parent?.computed === false && (parent.property === node || parent.key === node));
}

/** Visits every node but those of types, which are gone when the program runs. */
export function visitValues(value: unknown, see: (node: Node, parent?: Node) => void): void {
  const types = new Set<unknown>();
  visit(value, (node, parent) => {
    if (/^TS(Type|Interface|Array|Union|Literal)/.test(node.type) || types.has(parent)) types.add(node);
    else see(node, parent);
  });
}
