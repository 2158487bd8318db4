// What a test may do beside a release that runs: look into D1 and the objects, move the clock, and ring alarms.

let aheadMs = 0;
const realNow = Date.now;
Date.now = () => realNow() + aheadMs;

/** @typedef {import("./index.js").ReleaseEnv} Env @typedef {typeof import("./index.js").StockCounter} Counter */

/** Gives an object's class what the test asks of it. @param {Counter} Released */
export function controlled(Released) {
  return class extends Released {
    /** @param {string} query */
    query(query) {
      return this.ctx.storage.sql.exec(query).toArray();
    }

    /** The platform alone may call an alarm by its name. */
    ring() {
      return this.alarm();
    }

    /** As the platform does it where another version is to run the object. */
    abort() {
      this.ctx.abort("Another version is to run it");
    }
  };
}

/** Ends an object's present life. @param {Env} env @param {{ productId: string }} asked */
export function abort(env, { productId }) {
  // It answers with the reason that it was given.
  return env.STOCK.getByName(productId)
    .abort()
    .catch(() => null);
}

/** @typedef {{ query: string, productId: string, ms: number }} Asked @type {Record<string, (env: Env, asked: Asked) => unknown>} */
const doings = {
  /** Lets the Worker and the objects believe that it is later. */
  setAhead: (_env, { ms }) => {
    aheadMs = ms;
  },
  queryD1: async (env, { query }) => (await env.DB.prepare(query).all()).results,
  query: (env, { productId, query }) => env.STOCK.getByName(productId).query(query),
  audit: (env, { productId }) => env.STOCK.getByName(productId).audit(),
  ring: (env, { productId }) => env.STOCK.getByName(productId).ring(),
  abort,
};

/**
 * Answers a test's request.
 * @param {Request} request @param {Env} env @param {Record<string, (env: Env, asked: never) => unknown>} more
 */
export async function answerTest(request, env, more) {
  const { what, ...asked } = /** @type {{ what: string } & Asked} */ (await request.json());
  const doing = { ...doings, ...more }[what];
  if (!doing) throw new Error(`There is nothing like ${what}`);
  const said = await doing(env, /** @type {never} */ (asked));
  return Response.json({ said: said ?? null });
}

/** @param {Request} request */
export function isOfTest(request) {
  return new URL(request.url).pathname === "/test-control";
}
