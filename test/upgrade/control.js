// Control requests of a test to a running release: query D1 and objects, move the clock, and run alarms.

let aheadMs = 0;
const realNow = Date.now;
Date.now = () => realNow() + aheadMs;

/** @typedef {import("./index.js").ReleaseEnv} Env @typedef {typeof import("./index.js").StockCounter} Counter */

/** Extends the class of an object with the methods that tests call. @param {Counter} Released */
export function withTestMethods(Released) {
  return class extends Released {
    /** @param {string} query */
    query(query) {
      return this.ctx.storage.sql.exec(query).toArray();
    }

    /** Only the platform can call a method named `alarm`. */
    runAlarm() {
      return this.alarm();
    }

    /** Resets the object, as the platform does before another version runs it. */
    abort() {
      this.ctx.abort("Another version is to run it");
    }
  };
}

/** Resets an object. @param {Env} env @param {{ productId: string }} args */
export function abort(env, { productId }) {
  // The call rejects with the reason of the reset.
  return env.STOCK.getByName(productId)
    .abort()
    .catch(() => null);
}

/** @typedef {{ query: string, productId: string, ms: number }} Args @type {Record<string, (env: Env, args: Args) => unknown>} */
const actions = {
  /** Sets how far the clock of the Worker and the objects is ahead. */
  setAhead: (_env, { ms }) => {
    aheadMs = ms;
  },
  queryD1: async (env, { query }) => (await env.DB.prepare(query).all()).results,
  query: (env, { productId, query }) => env.STOCK.getByName(productId).query(query),
  audit: (env, { productId }) => env.STOCK.getByName(productId).audit(),
  runAlarm: (env, { productId }) => env.STOCK.getByName(productId).runAlarm(),
  abort,
};

/**
 * Handles a control request.
 * @param {Request} request @param {Env} env @param {Record<string, (env: Env, args: never) => unknown>} more
 */
export async function handleControl(request, env, more) {
  const { what, ...args } = /** @type {{ what: string } & Args} */ (await request.json());
  const action = { ...actions, ...more }[what];
  if (!action) throw new Error(`unknown control action ${what}`);
  const result = await action(env, /** @type {never} */ (args));
  return Response.json({ result: result ?? null });
}

/** @param {Request} request */
export function isControlRequest(request) {
  return new URL(request.url).pathname === "/test-control";
}
