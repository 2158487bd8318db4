import { applyD1Migrations, type D1Migration } from "cloudflare:test";
import { expect } from "vitest";

/** What the migrations make of an empty D1. */
interface Migrated {
  schema: { type: string; name: string; sql: string | null; isShadow: 0 | 1 }[];
  rows: Record<string, Record<string, unknown>[]>;
}

// The module lives as long as its isolate, and so do its migrations.
let migrated: Migrated | undefined;

/**
 * Migrates an empty D1. The first file of an isolate runs the migrations, and copies what they made; each file after it gets the copy,
 * which takes a quarter of the time: migrations alter the same tables again and again.
 * @param empty empties D1 again
 */
export async function migrate(db: D1Database, migrations: D1Migration[], empty: () => Promise<void>): Promise<void> {
  if (migrated) return copyInto(db, migrated);
  await applyD1Migrations(db, migrations);
  const original = await read(db);
  await empty();
  await copyInto(db, original);
  expect(await read(db)).toEqual(original);
  migrated = original;
}

/** Reads it table by table, for the order of the indexes of a table can matter. A virtual table makes its shadow tables itself. */
async function read(db: D1Database): Promise<Migrated> {
  const { results: schema } = await db
    .prepare(
      `SELECT type, name, sql, type = 'table' AND EXISTS (SELECT 1 FROM sqlite_master virtual
         WHERE virtual.sql LIKE 'CREATE VIRTUAL TABLE%' AND substr(it.name, 1, length(virtual.name) + 1) = virtual.name || '_') AS isShadow
       FROM sqlite_master it WHERE name NOT GLOB '_cf_*' ORDER BY tbl_name, type, rowid`,
    )
    .all<Migrated["schema"][number]>();
  const tables = schema.filter(({ type, sql }) => type === "table" && sql !== null).map(({ name }) => name);
  const contents = await db.batch<Record<string, unknown>>(tables.map((name) => db.prepare(`SELECT * FROM "${name}"`)));
  return { schema, rows: Object.fromEntries(tables.map((name, index) => [name, contents[index]?.results ?? []])) };
}

/** Triggers come last, so that they do not act on the rows. */
async function copyInto(db: D1Database, { schema, rows }: Migrated): Promise<void> {
  const made = schema.filter(({ name, isShadow }) => isShadow === 0 && !name.startsWith("sqlite_"));
  const creations = (type: string) => made.filter((each) => each.type === type).flatMap(({ sql }) => db.prepare(sql ?? ""));
  const tables = made.filter(({ type }) => type === "table").map(({ name }) => name);
  const inserts = tables.flatMap((name) => (rows[name] ?? []).map((row) => insertOf(db, name, row)));
  await db.batch([...creations("table"), ...inserts, ...creations("index"), ...creations("view"), ...creations("trigger")]);
}

function insertOf(db: D1Database, table: string, row: Record<string, unknown>): D1PreparedStatement {
  const columns = Object.keys(row);
  const names = columns.map((name) => `"${name}"`).join(", ");
  return db
    .prepare(`INSERT INTO "${table}" (${names}) VALUES (${columns.map(() => "?").join(", ")})`)
    .bind(...Object.values(row));
}
