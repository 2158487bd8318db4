import { Column, getTableName, Name, SQL, StringChunk, Table } from "drizzle-orm";

type Value = string | number | boolean | null;

/** A statement as D1 takes it. */
export interface Rendered {
  text: string;
  params: Value[];
}

/**
 * Renders a template of drizzle's `sql` for SQLite: tables and columns by their quoted names, values as parameters and arrays as lists
 * in parentheses. Drizzle's own dialect gives the same text at several times the cost, which every request would pay for each statement.
 * @throws Error for a part of another kind
 */
export function render(statement: SQL): Rendered {
  const rendered: Rendered = { text: "", params: [] };
  for (const chunk of statement.queryChunks) renderChunk(chunk, rendered);
  return rendered;
}

function renderChunk(chunk: unknown, into: Rendered): void {
  if (chunk instanceof StringChunk) for (const text of chunk.value) into.text += text;
  else if (isValue(chunk)) renderValue(chunk, into);
  else if (chunk instanceof SQL) for (const part of chunk.queryChunks) renderChunk(part, into);
  else if (chunk instanceof Table) into.text += quoted(getTableName(chunk));
  else if (chunk instanceof Column) into.text += `${quoted(getTableName(chunk.table))}.${quoted(chunk.name)}`;
  else if (chunk instanceof Name) into.text += quoted(chunk.value);
  else if (Array.isArray(chunk)) renderList(chunk, into);
  else throw new Error(`a statement cannot have a part of this kind: ${typeof chunk}`);
}

function isValue(chunk: unknown): chunk is Value {
  return typeof chunk === "string" || typeof chunk === "number" || typeof chunk === "boolean" || chunk === null;
}

function renderValue(value: Value, into: Rendered): void {
  into.text += "?";
  into.params.push(value);
}

function renderList(parts: readonly unknown[], into: Rendered): void {
  into.text += "(";
  for (const [index, part] of parts.entries()) {
    if (index > 0) into.text += ", ";
    renderChunk(part, into);
  }
  into.text += ")";
}

function quoted(name: string): string {
  return `"${name}"`;
}
