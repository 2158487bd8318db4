import { addCoverage, type Coverage } from "./coverage.ts";
import { type Outcome, runSchedule } from "./schedule.ts";
import { openDatabases } from "./setup.ts";

/** The schedules of one process: every `every`-th seed from one on. */
export interface Plan {
  from: number;
  every: number;
  schedules: number;
  /** No schedule starts after this time. */
  seconds: number;
}

/** The totals of the schedules run so far. */
export interface Summary {
  schedules: number;
  steps: number;
  coverage: Coverage;
  /** The first one with findings. */
  failed: Outcome | undefined;
}

/** Runs schedules one after the other, until one has findings. @param onProgress called with the totals after each */
export async function runCampaign(
  { from, every, schedules, seconds }: Plan,
  onProgress: (summary: Summary) => void,
): Promise<Summary> {
  const databases = await openDatabases();
  const summary: Summary = { schedules: 0, steps: 0, coverage: new Map(), failed: undefined };
  const startMs = performance.now();
  for (let no = 0; no < schedules && performance.now() - startMs < seconds * 1_000; no += 1) {
    const outcome = await runSchedule(databases, from + no * every, false, (what) => addCoverage(summary.coverage, what));
    summary.schedules += 1;
    summary.steps += outcome.steps;
    if (outcome.findings.length > 0) summary.failed = outcome;
    onProgress(summary);
    if (summary.failed) break;
  }
  return summary;
}

/** Runs one schedule with a trace of every step. */
export async function replay(seed: number): Promise<Outcome> {
  return runSchedule(await openDatabases(), seed, true, () => {});
}
