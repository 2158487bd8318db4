import worker from "../../src/index.ts";
import type { Sim } from "./clients.ts";
import { CALM } from "./weather.ts";
import { request } from "./worker.ts";
import { later } from "./world.ts";

/** In calm nothing is left for a run to do but what the one before it left. */
const EVERY_MS = 60_000;
const EVERY_CALM_MS = 140_000;

/** Has the cron run each minute, and again while an earlier run goes on; where the clock jumps, runs are left out. */
export function runCron(sim: Sim): void {
  const { world, fleet } = sim;
  if (world.dues.some(({ words }) => words() === "cron")) return;
  const run = () => {
    // A run fails as a whole where one of its steps did; the next one does it again.
    void request(fleet, "the sweep", async (_, { env }) => {
      const context = { waitUntil: () => undefined, passThroughOnException: () => undefined } as unknown as ExecutionContext;
      await worker.scheduled({} as ScheduledController, env, context);
    });
    later(world, world.network, world.weather === CALM ? EVERY_CALM_MS : EVERY_MS, () => "cron", run);
  };
  later(world, world.network, EVERY_MS, () => "cron", run);
}
