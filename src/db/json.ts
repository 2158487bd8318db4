import { getTableColumns, type SQL, sql } from "drizzle-orm";
import type { SQLiteTable } from "drizzle-orm/sqlite-core";

/** D1 allows 32 arguments per function; each column takes two. */
const COLUMNS_PER_CALL = 16;

/**
 * A whole row of a table as JSON with the keys of its drizzle columns, so that one statement can return nested rows: an object, or for a
 * wide table an array of objects that `rowOf` merges.
 * Source: https://developers.cloudflare.com/d1/platform/limits/
 */
export function rowJson(table: SQLiteTable): SQL {
  const columns = Object.entries(getTableColumns(table));
  const parts: SQL[] = [];
  for (let from = 0; from < columns.length; from += COLUMNS_PER_CALL) {
    const members = columns.slice(from, from + COLUMNS_PER_CALL).map(([key, column]) => sql`${sql.raw(`'${key}'`)}, ${column}`);
    parts.push(sql`json_object(${sql.join(members, sql`, `)})`);
  }
  return parts.length === 1 ? sql.join(parts) : sql`json_array(${sql.join(parts, sql`, `)})`;
}

/** Parses the JSON of `rowJson`. */
export function rowOf(json: string): object {
  const parts: unknown = JSON.parse(json);
  return (Array.isArray(parts) ? Object.assign({}, ...(parts as object[])) : parts) as object;
}
