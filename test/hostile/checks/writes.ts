import { listDurableObjectIds, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { sqlInD1 } from "../../support/stock/stock.ts";

/** How often each table of D1 and of some objects was written, and which objects there are. */
export type Traces = ReadonlyMap<string, string | number>;

const COUNTS = "writes_seen";

/**
 * Has D1 count every row that is written, by triggers that are rolled back with what they count. A row written as it was counts too.
 * When a machine's key was last used is not counted: every request of it may write that, refused or not.
 */
export async function countWrites(): Promise<void> {
  const tables = await sqlInD1<{ name: string; columns: string }>(
    `SELECT s.name, group_concat(c.name) AS columns FROM sqlite_master s JOIN pragma_table_info(s.name) c
     WHERE s.type = 'table' AND s.sql NOT LIKE 'CREATE VIRTUAL%' AND substr(s.name, 1, 3) NOT IN ('_cf', 'd1_', 'sql')
       AND s.name NOT LIKE 'products_search%' AND c.name <> 'last_used_at_ms' GROUP BY s.name`,
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

/** Takes down what was written until now. @param productIds whose objects are looked into */
export async function tracesNow(productIds: readonly string[]): Promise<Traces> {
  const rows = await sqlInD1<{ name: string; writes: number }>(`SELECT name, writes FROM ${COUNTS}`);
  const traces = new Map<string, string | number>(rows.map(({ name, writes }) => [name, writes]));
  for (const productId of productIds) {
    const { writes, levels } = await stateOf(productId);
    traces.set(`the ledger of ${productId}`, writes).set(`the units of ${productId}`, levels);
  }
  const objects = await listDurableObjectIds(env.STOCK);
  return traces.set("objects", objects.map(String).toSorted().join());
}

/** The names of what differs. */
export function changesBetween(before: Traces, after: Traces): string[] {
  const names = new Set([...before.keys(), ...after.keys()]);
  return [...names].filter((name) => before.get(name) !== after.get(name));
}

function stateOf(productId: string): Promise<{ writes: number; levels: string }> {
  return runInDurableObject(env.STOCK.getByName(productId), (_, { storage: { sql } }) => ({
    writes: sql.exec<{ writes: number }>("SELECT total_changes() AS writes").one().writes,
    levels: JSON.stringify(sql.exec("SELECT variant_id, warehouse_id, on_hand, reserved FROM levels ORDER BY 1, 2").toArray()),
  }));
}
