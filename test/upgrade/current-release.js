import { handleControl, withTestMethods, isControlRequest } from "./control.js";
import worker, { StockCounter as Released } from "./index.js";

// The current release, extended with the control requests of tests.

export const StockCounter = withTestMethods(Released);

export default {
  /** @param {Request} request @param {import("./index.js").ReleaseEnv} env @param {ExecutionContext} ctx */
  fetch: (request, env, ctx) => {
    if (!isControlRequest(request)) return worker.fetch(request, env, ctx);
    return handleControl(request, env, { runCron: () => worker.scheduled({}, env, ctx) });
  },
  scheduled: worker.scheduled,
};
