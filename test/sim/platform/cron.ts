import worker from "../../../src/index.ts";
import type { Simulation } from "../clients/client.ts";
import { request } from "./workers.ts";
import { enqueue } from "../engine/scheduler.ts";

/** In production it is a minute. Here it is longer, because most runs find nothing to do. */
const EVERY_MS = 150_000;

/** Runs the cron at intervals, also while an earlier run is still going on. Runs that a clock jump passes over are skipped. */
export function startCron(sim: Simulation): void {
  const { scheduler, workers } = sim;
  if (scheduler.tasks.some(({ label }) => label() === "cron")) return;
  const run = () => {
    // A run whose step failed throws; the next run repeats it.
    void request(workers, "the sweep", async (_, { env }) => {
      const context = { waitUntil: () => undefined, passThroughOnException: () => undefined } as unknown as ExecutionContext;
      await worker.scheduled({} as ScheduledController, env, context);
    });
    enqueue(scheduler, scheduler.alarms, EVERY_MS, () => "cron", run);
  };
  enqueue(scheduler, scheduler.alarms, EVERY_MS, () => "cron", run);
}
