import type { RawState, Row } from "./raw-state.ts";

/** Columns of tables with others than `*` has, or with one that D1 computes. */
const COLUMNS: Readonly<Record<string, string>> = {
  // Lists of products are ordered by rowid, so it is kept.
  products: "rowid AS rowid, *",
  postal_codes: "country, code, latitude, longitude",
};

/** Dumps the rows of D1's tables as INSERTs, except the search indexes, which their triggers rebuild. */
export async function dumpD1(rawState: RawState): Promise<string[]> {
  const tables = await rawState.queryD1(
    "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT GLOB '_cf_*' AND name NOT GLOB 'sqlite_*' AND name NOT GLOB 'd1_*' AND name NOT GLOB 'products_search*' AND name NOT GLOB 'catalog_search*' AND name NOT GLOB 'orders_search*' ORDER BY name",
  );
  const columnsOf = (table: string) => COLUMNS[table] ?? "*";
  const dumped = tables.map(({ name }) => dumpRows(String(name), columnsOf(String(name)), (query) => rawState.queryD1(query)));
  return (await Promise.all(dumped)).flat();
}

/** Dumps the schema and the rows of a product's object. */
export async function dumpObject(rawState: RawState, productId: string): Promise<string[]> {
  const entries = await rawState.query(
    productId,
    "SELECT name, type, sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT GLOB '_cf_*' ORDER BY rowid",
  );
  const statements: string[] = [];
  for (const { name, type, sql } of entries) {
    statements.push(`${String(sql).replaceAll(/\s+/g, " ")};`);
    if (type === "table") {
      statements.push(...(await dumpRows(String(name), "*", (query) => rawState.query(productId, query))));
    }
  }
  return statements;
}

async function dumpRows(table: string, columns: string, read: (query: string) => Promise<Row[]>): Promise<string[]> {
  const rows = await read(`SELECT ${columns} FROM ${table}`);
  return rows.map((row) => {
    return `INSERT INTO ${table} (${Object.keys(row).join(", ")}) VALUES (${Object.values(row).map(literal).join(", ")});`;
  });
}

function literal(value: string | number | null): string {
  if (value === null) return "NULL";
  if (typeof value === "number") return String(value);
  if (value.includes("\n")) throw new Error("a fixture has one statement per line, so its texts cannot contain line breaks");
  return `'${value.replaceAll("'", "''")}'`;
}
