import { DurableObject } from "cloudflare:workers";

// A Worker that reads and writes the raw state of D1 and the objects, without the shop's code.

/** An alarm cannot be handled here, so it is postponed. */
const POSTPONE_MS = 1_000;

/** The storage of one product's object, without its code. */
export class StockCounter extends DurableObject {
  /** @param {string} query @returns {Record<string, SqlStorageValue>[]} */
  query(query) {
    return this.ctx.storage.sql.exec(query).toArray();
  }

  /** @param {string[]} statements @param {number | null} alarmAtMs */
  async fill(statements, alarmAtMs) {
    this.ctx.storage.transactionSync(() => {
      for (const statement of statements) this.ctx.storage.sql.exec(statement);
    });
    if (alarmAtMs !== null) await this.ctx.storage.setAlarm(alarmAtMs);
  }

  /** @returns {Promise<number | null>} in milliseconds since 1970 */
  alarmAtMs() {
    return this.ctx.storage.getAlarm();
  }

  /** @override */
  async alarm() {
    await this.ctx.storage.setAlarm(Date.now() + POSTPONE_MS);
  }
}

/**
 * The triggers that would write rows which a dump contains: all but those of the search index, which it does not contain.
 * @param {D1Database} db
 */
async function triggersOf(db) {
  const query =
    "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND name NOT GLOB 'products_search*' AND name NOT GLOB 'catalog_search*' AND name NOT GLOB 'orders_search*' ORDER BY rowid";
  const { results } = /** @type {D1Result<{ name: string, sql: string }>} */ (await db.prepare(query).all());
  return results;
}

/**
 * @typedef {{ DB: D1Database, STOCK: DurableObjectNamespace<StockCounter> }} Env
 * @typedef {{ productId: string, query: string, statements: string[], alarmAtMs: number | null }} Args
 */

/** @type {Record<string, (env: Env, args: Args) => unknown>} */
const actions = {
  queryD1: async (env, { query }) => (await env.DB.prepare(query).all()).results,
  fillD1: async ({ DB }, { statements }) => {
    const tables = new Set(statements.map((statement) => statement.split(" ")[2]));
    const triggers = await triggersOf(DB);
    const all = [
      ...triggers.map(({ name }) => `DROP TRIGGER ${name}`),
      ...[...tables].map((table) => `DELETE FROM ${table}`),
      ...statements,
      ...triggers.map(({ sql }) => sql),
    ];
    await DB.batch(all.map((statement) => DB.prepare(statement)));
  },
  query: (env, { productId, query }) => env.STOCK.getByName(productId).query(query),
  fill: (env, { productId, statements, alarmAtMs }) => env.STOCK.getByName(productId).fill(statements, alarmAtMs),
  alarmAtMs: (env, { productId }) => env.STOCK.getByName(productId).alarmAtMs(),
};

export default {
  /** @param {Request} request @param {Env} env */
  async fetch(request, env) {
    const { what, ...args } = /** @type {{ what: string } & Args} */ (await request.json());
    const result = await actions[what]?.(env, args);
    return Response.json({ result: result ?? null });
  },
};
