import worker, { StockCounter } from "./index.js";

// A release whose requests can be made to hang at one of their calls, so that the process can be killed there.

export { StockCounter };

/** @typedef {import("./index.js").ReleaseEnv} Env */

/** @returns {Promise<never>} */
const never = () => new Promise(() => undefined);

/** @param {D1Database} db @param {number} turn which batch of the request @param {boolean} runs whether it takes effect */
function hangingDatabase(db, turn, runs) {
  let batches = 0;
  return {
    /** @param {string} query */
    prepare: (query) => db.prepare(query),
    /** @param {D1PreparedStatement[]} statements */
    batch: async (statements) => {
      batches += 1;
      if (batches < turn) return db.batch(statements);
      if (runs && batches === turn) await db.batch(statements);
      return never();
    },
  };
}

/** @param {Env["STOCK"]} stock @param {string} call @param {string | undefined} productId */
function hangingStock(stock, call, productId) {
  /** @param {string} name */
  const getByName = (name) => {
    const stub = stock.getByName(name);
    if (name !== productId) return stub;
    return new Proxy(stub, {
      // A method of a stub is itself a stub, so it must be called on its stub.
      get: (on, key) => (key === call ? never : (/** @type {unknown[]} */ ...args) => Reflect.get(on, key).apply(on, args)),
    });
  };
  return { getByName };
}

/** @param {Env} env @param {string} where `before 2`: at the second batch; `after 2`: after it took effect; `commit rice`: at that call of the object */
function hanging(env, where) {
  const [when = "", what] = where.split(" ");
  if (when === "before" || when === "after") return { ...env, DB: hangingDatabase(env.DB, Number(what), when === "after") };
  return { ...env, STOCK: hangingStock(env.STOCK, when, what) };
}

export default {
  /** @param {Request} request @param {Env} env @param {ExecutionContext} ctx */
  fetch(request, env, ctx) {
    const where = request.headers.get("X-Hang");
    return worker.fetch(request, where === null ? env : hanging(env, where), ctx);
  },
  scheduled: worker.scheduled,
};
