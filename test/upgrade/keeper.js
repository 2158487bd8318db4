import { DurableObject } from "cloudflare:workers";

// A Worker in place of the shop's, which reads and writes what its D1 and its objects keep, and knows nothing of either.

/** While nobody here can do what an alarm is for, it is put off. */
const PUT_OFF_MS = 1_000;

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

  async alarm() {
    await this.ctx.storage.setAlarm(Date.now() + PUT_OFF_MS);
  }
}

/**
 * @typedef {{ DB: D1Database, STOCK: DurableObjectNamespace<StockCounter> }} Env
 * @typedef {{ productId: string, query: string, statements: string[], alarmAtMs: number | null }} Asked
 */

/** @type {Record<string, (env: Env, asked: Asked) => unknown>} */
const doings = {
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
    const { what, ...asked } = /** @type {{ what: string } & Asked} */ (await request.json());
    const said = await doings[what]?.(env, asked);
    return Response.json({ said: said ?? null });
  },
};
