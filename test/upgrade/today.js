import { answerTest, controlled, isOfTest } from "./control.js";
import worker, { StockCounter as Released } from "./index.js";

// The release of today, and beside it what the test does.

export const StockCounter = controlled(Released);

export default {
  /** @param {Request} request @param {import("./index.js").ReleaseEnv} env @param {ExecutionContext} ctx */
  fetch: (request, env, ctx) => {
    if (!isOfTest(request)) return worker.fetch(request, env, ctx);
    return answerTest(request, env, { sweep: () => worker.scheduled({}, env, ctx) });
  },
  scheduled: worker.scheduled,
};
