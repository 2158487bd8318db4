import worker from "../../../src/index.ts";
import type { Sim } from "../clients/client.ts";
import { request } from "./workers.ts";
import { later } from "../engine/scheduler.ts";

/** Seldomer than in production, where it is a minute: most runs find nothing to do, and it may be late anyway. */
const EVERY_MS = 150_000;

/** Has the cron run again and again, also while an earlier run goes on; where the clock jumps, runs are left out. */
export function runCron(sim: Sim): void {
  const { world, fleet } = sim;
  if (world.dues.some(({ words }) => words() === "cron")) return;
  const run = () => {
    // A run fails as a whole where one of its steps did; the next one does it again.
    void request(fleet, "the sweep", async (_, { env }) => {
      const context = { waitUntil: () => undefined, passThroughOnException: () => undefined } as unknown as ExecutionContext;
      await worker.scheduled({} as ScheduledController, env, context);
    });
    later(world, world.bells, EVERY_MS, () => "cron", run);
  };
  later(world, world.bells, EVERY_MS, () => "cron", run);
}
