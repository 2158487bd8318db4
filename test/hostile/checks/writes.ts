import { listDurableObjectIds, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { sqlInD1 } from "../../support/stock/stock.ts";
import { objectsReached, timesToD1 } from "./reaches.ts";

/** Rows written so far: by table of D1 and by object; and which objects exist. */
export type Writes = ReadonlyMap<string, string | number>;

const COUNTS = "write_counts";

/**
 * Creates triggers in D1 that count every written row, also one written without a change. A rollback undoes the count.
 * `last_used_at_ms` of an API key is not counted, because every request with the key may write it.
 */
export async function installWriteCounters(): Promise<void> {
  const tables = await sqlInD1<{ name: string; columns: string }>(
    `SELECT s.name, group_concat(c.name) AS columns FROM sqlite_master s JOIN pragma_table_info(s.name) c
     WHERE s.type = 'table' AND s.sql NOT LIKE 'CREATE VIRTUAL%' AND substr(s.name, 1, 3) NOT IN ('_cf', 'd1_', 'sql')
       AND s.name NOT LIKE 'products_search%' AND s.name NOT LIKE 'catalog_search%' AND s.name NOT LIKE 'orders_search%' AND c.name <> 'last_used_at_ms' GROUP BY s.name`,
  );
  if (tables.length < MIN_TABLES) throw new Error(`Only ${tables.length} tables were found`);
  await env.DB.batch([
    env.DB.prepare(`CREATE TABLE ${COUNTS} (name TEXT PRIMARY KEY, writes INTEGER NOT NULL)`),
    ...tables.flatMap(({ name, columns }) => [
      env.DB.prepare(`INSERT INTO ${COUNTS} VALUES (?, 0)`).bind(name),
      ...["INSERT", `UPDATE OF ${columns}`, "DELETE"].map((kind) =>
        env.DB.prepare(
          `CREATE TRIGGER ${COUNTS}_${name}_${kind.slice(0, 6)} AFTER ${kind} ON ${name} BEGIN
             UPDATE ${COUNTS} SET writes = writes + 1 WHERE name = '${name}'; END`,
        ),
      ),
    ]),
  ]);
}

const MIN_TABLES = 30;
/** A query of these checks prepares a statement and runs it. */
const TIMES_OF_A_QUERY = 2;

type Counted = { name: string; writes: number }[];

/** What was read last of D1 and of the list of objects, and how much had been reached by then. */
let counted: { rows: Counted; times: number } | undefined;
let listed: { ids: string; reached: number } | undefined;

/** Reads the counts. @param productIds of the objects to read */
export async function readWrites(productIds: readonly string[]): Promise<Writes> {
  const writes = new Map<string, string | number>((await countsInD1()).map((row) => [row.name, row.writes]));
  for (const productId of productIds) {
    const { changes, levels } = await stateOf(productId);
    writes.set(`the ledger of ${productId}`, changes).set(`the units of ${productId}`, levels);
  }
  return writes.set("objects", await existingObjects());
}

/** Most refused requests never turn to D1. */
async function countsInD1(): Promise<Counted> {
  const times = timesToD1();
  if (counted?.times === times) return counted.rows;
  const rows: Counted = await sqlInD1(`SELECT name, writes FROM ${COUNTS}`);
  counted = { rows, times: times + TIMES_OF_A_QUERY };
  return rows;
}

/** To list the objects takes longer than anything else here, and most requests turn to no other objects than those before. */
async function existingObjects(): Promise<string> {
  const reached = objectsReached();
  if (listed?.reached === reached) return listed.ids;
  const ids = (await listDurableObjectIds(env.STOCK)).map(String).toSorted().join();
  listed = { ids, reached };
  return ids;
}

/** The names of the counts that differ. */
export function writtenBetween(before: Writes, after: Writes): string[] {
  const names = new Set([...before.keys(), ...after.keys()]);
  return [...names].filter((name) => before.get(name) !== after.get(name));
}

function stateOf(productId: string): Promise<{ changes: number; levels: string }> {
  return runInDurableObject(env.STOCK.getByName(productId), (_, { storage: { sql } }) => ({
    changes: sql.exec<{ changes: number }>("SELECT total_changes() AS changes").one().changes,
    levels: JSON.stringify(
      sql.exec("SELECT variant_id, warehouse_id, on_hand, reserved, allocated FROM levels ORDER BY 1, 2").toArray(),
    ),
  }));
}
