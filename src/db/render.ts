import { Column, getTableName, Name, SQL, StringChunk, Table } from "drizzle-orm";

type Value = string | number | boolean | null;

/** A statement as D1 takes it. */
export interface Rendered {
  text: string;
  params: Value[];
}

/**
 * Renders a template of drizzle's `sql` for SQLite: tables and columns as quoted names, values as parameters, arrays as lists in
 * parentheses. Drizzle's own dialect renders the same text at several times the cost, for every statement of every request.
 * @throws Error for any other kind of part
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
  else throw new Error(`unsupported part of a statement: ${typeof chunk}`);
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
