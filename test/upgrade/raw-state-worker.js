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
 * @typedef {{ DB: D1Database, STOCK: DurableObjectNamespace<StockCounter> }} Env
 * @typedef {{ productId: string, query: string, statements: string[], alarmAtMs: number | null }} Args
 */

/** @type {Record<string, (env: Env, args: Args) => unknown>} */
const actions = {
  queryD1: async (env, { query }) => (await env.DB.prepare(query).all()).results,
  fillD1: async (env, { statements }) => {
    await env.DB.batch(statements.map((statement) => env.DB.prepare(statement)));
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
