import { getTableColumns, type SQL, sql } from "drizzle-orm";
import type { SQLiteTable } from "drizzle-orm/sqlite-core";

/** A whole row of a table as a JSON object with the keys of its drizzle columns, so that one statement can answer nested rows. */
export function rowJson(table: SQLiteTable): SQL {
  const members = Object.entries(getTableColumns(table)).map(([key, column]) => sql`${sql.raw(`'${key}'`)}, ${column}`);
  return sql`json_object(${sql.join(members, sql`, `)})`;
}
