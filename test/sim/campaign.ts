import { count, type Met } from "./coverage.ts";
import { type Outcome, runSchedule } from "./schedule.ts";
import { openStage } from "./setup.ts";

/** Which schedules one process runs: every so-many-th seed from one on. */
export interface Plan {
  from: number;
  every: number;
  schedules: number;
  /** No schedule begins after so many seconds. */
  seconds: number;
}

/** What schedules came to together. */
export interface Summary {
  schedules: number;
  steps: number;
  met: Met;
  /** The first that found something. */
  failed: Outcome | undefined;
}

/** Runs schedules one after the other, until one finds something. @param told after each, with what there is so far */
export async function runCampaign({ from, every, schedules, seconds }: Plan, told: (summary: Summary) => void): Promise<Summary> {
  const stage = await openStage();
  const summary: Summary = { schedules: 0, steps: 0, met: new Map(), failed: undefined };
  const begunMs = performance.now();
  for (let no = 0; no < schedules && performance.now() - begunMs < seconds * 1_000; no += 1) {
    const outcome = await runSchedule(stage, from + no * every, false, (what) => count(summary.met, what));
    summary.schedules += 1;
    summary.steps += outcome.steps;
    if (outcome.findings.length > 0) summary.failed = outcome;
    told(summary);
    if (summary.failed) break;
  }
  return summary;
}

/** Runs one schedule again and tells every step of it. */
export async function replay(seed: number): Promise<Outcome> {
  return runSchedule(await openStage(), seed, true, () => {});
}
