import type { Keeper, Row } from "./keeper.ts";

/** The rows of D1's own tables as INSERTs; the index of words is written again by its triggers. */
export async function dumpD1(keeper: Keeper): Promise<string[]> {
  const tables = await keeper.queryD1(
    "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT GLOB '_cf_*' AND name NOT GLOB 'sqlite_*' AND name NOT GLOB 'd1_*' AND name NOT GLOB 'products_search*' ORDER BY name",
  );
  // Lists of products go by their rowid.
  const columnsOf = (table: string) => (table === "products" ? "rowid AS rowid, *" : "*");
  const dumped = tables.map(({ name }) => dumpRows(String(name), columnsOf(String(name)), (query) => keeper.queryD1(query)));
  return (await Promise.all(dumped)).flat();
}

/** The schema and the rows of a product's object. */
export async function dumpObject(keeper: Keeper, productId: string): Promise<string[]> {
  const entries = await keeper.query(
    productId,
    "SELECT name, type, sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT GLOB '_cf_*' ORDER BY rowid",
  );
  const statements: string[] = [];
  for (const { name, type, sql } of entries) {
    statements.push(`${String(sql).replaceAll(/\s+/g, " ")};`);
    if (type === "table") {
      statements.push(...(await dumpRows(String(name), "*", (query) => keeper.query(productId, query))));
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
  if (value.includes("\n")) throw new Error("A fixture has one statement a line; its texts have no line ends");
  return `'${value.replaceAll("'", "''")}'`;
}
