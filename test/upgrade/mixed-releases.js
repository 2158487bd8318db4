import { DurableObject } from "cloudflare:workers";
import { abort, handleControl, withTestMethods, isControlRequest } from "./control.js";
import current, { StockCounter as Current } from "./index.js";
import second, { StockCounter as Second } from "./release-0-2.js";
import third, { StockCounter as Third } from "./release-0-3.js";

// Several releases on the same D1 and the same objects, as during a gradual deployment. A header chooses the release that serves a request, and
// each object runs the release that it is pinned to.

const workers = { current, "0.2.0": second, "0.3.0": third };
const objectClasses = { current: withTestMethods(Current), "0.2.0": withTestMethods(Second), "0.3.0": withTestMethods(Third) };

/** @typedef {import("./index.js").ReleaseEnv} ReleaseEnv @typedef {keyof typeof workers} Release */

/** @type {Map<string, Release>} */
const pins = new Map();

export class StockCounter extends DurableObject {
  /** @param {DurableObjectState} ctx @param {Env} env */
  constructor(ctx, env) {
    super(ctx, env);
    return new objectClasses[pins.get(ctx.id.name ?? "") ?? "current"](ctx, env);
  }
}

export default {
  /** @param {Request} request @param {ReleaseEnv} env @param {ExecutionContext} ctx */
  fetch: (request, env, ctx) => {
    const release = /** @type {Release} */ (request.headers.get("X-Release") ?? "current");
    if (!isControlRequest(request)) return workers[release].fetch(request, env, ctx);
    return handleControl(request, env, {
      /** @param {ReleaseEnv} _env @param {{ release?: Release }} args */
      runCron: (_env, args) => workers[args.release ?? "current"].scheduled({}, env, ctx),
      /** @param {ReleaseEnv} _env @param {{ productId: string, release: Release }} args */
      pin: async (_env, args) => {
        pins.set(args.productId, args.release);
        await abort(env, args);
      },
    });
  },
};
