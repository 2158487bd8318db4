import { DurableObject } from "cloudflare:workers";
import { abort, answerTest, controlled, isOfTest } from "./control.js";
import current, { StockCounter as Current } from "./index.js";
import previous, { StockCounter as Previous } from "./previous.js";

// Two releases over the same D1 and the same objects, as while a deployment is gradual: a request is served by the one that its header
// names, and each object is run by the one that it is pinned to, which may be the other.

const workers = { current, previous };
const counters = { current: controlled(Current), previous: controlled(Previous) };

/** @typedef {import("./index.js").ReleaseEnv} ReleaseEnv @typedef {keyof typeof workers} Release */

/** @type {Map<string, Release>} */
const pins = new Map();

export class StockCounter extends DurableObject {
  /** @param {DurableObjectState} ctx @param {Env} env */
  constructor(ctx, env) {
    super(ctx, env);
    return new counters[pins.get(ctx.id.name ?? "") ?? "current"](ctx, env);
  }
}

export default {
  /** @param {Request} request @param {ReleaseEnv} env @param {ExecutionContext} ctx */
  fetch: (request, env, ctx) => {
    const release = /** @type {Release} */ (request.headers.get("X-Release") ?? "current");
    if (!isOfTest(request)) return workers[release].fetch(request, env, ctx);
    return answerTest(request, env, {
      /** @param {ReleaseEnv} _env @param {{ release?: Release }} asked */
      sweep: (_env, asked) => workers[asked.release ?? "current"].scheduled({}, env, ctx),
      /** @param {ReleaseEnv} _env @param {{ productId: string, release: Release }} asked */
      pin: async (_env, asked) => {
        pins.set(asked.productId, asked.release);
        await abort(env, asked);
      },
    });
  },
};
