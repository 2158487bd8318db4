import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildRun } from "./build-bundle.ts";
import { check } from "./checks/check-all.ts";
import { runClients } from "./clients/run-clients.ts";
import { type WorkerProcess, startWorker } from "./worker-process.ts";
import { MUTANTS } from "../sim/mutants.ts";
import { type RunOptions, readOptions } from "./options.ts";
import { stateVersion, runToQuiescence } from "./quiescence.ts";
import { createRandom, type Random } from "../support/random.ts";
import { readPages } from "./checks/read-pages.ts";
import { type CheckResult, printReport, showProgress, MIN_ACKNOWLEDGED } from "./report.ts";
import { openShop } from "./clients/shop.ts";
import { countHolds } from "./checks/read-state.ts";
import { testChecks } from "./checks/falsify.ts";
import { type WatchResult, watchProjection } from "./watch-projection.ts";
import { createWorkload, pause, type Workload } from "./clients/workload.ts";

const FAULT_RATE = 0.03;
/** How long the Worker runs until it is killed, and the downtime by its shifted clock. */
const UPTIME_MS = [300, 6_000] as const;
const DOWNTIME_MS = [30_000, 240_000] as const;
/** A run ends after so many times its length, also without enough kills or writes; on a busy machine both take longer. */
const MAX_STRETCH = 8;
const GIVE_UP_MS = 60_000;
const MAX_CHECKS = 3;
const HOUR_MS = 3_600_000;
/** The time limit of everything before and after the clients. */
const MAX_RUN_MS = 300_000;

/** Runs the clients, and kills and restarts workerd until the time is up and it was killed often enough. */
async function runWorkload(workload: Workload, worker: WorkerProcess, random: Random, options: RunOptions): Promise<void> {
  const startedAtMs = Date.now();
  const passed = () => (Date.now() - startedAtMs) / 1_000;
  await worker.setFaultRate(FAULT_RATE);
  const clients = runClients(workload, options.clients);
  while (passed() < options.seconds * MAX_STRETCH) {
    await pause(random.between(...UPTIME_MS));
    await worker.killAndRestart(random.between(...DOWNTIME_MS));
    showProgress(workload, worker, passed());
    const isEnough = worker.kills >= options.minKills && workload.counts.acknowledged >= MIN_ACKNOWLEDGED;
    if (passed() >= options.seconds && isEnough) break;
  }
  workload.isEnding = true;
  await worker.setFaultRate(0);
  workload.giveUpAtMs = Date.now() + GIVE_UP_MS;
  await clients;
}

/** Checks at quiescence. Repeats it if the state changed during the check, because it then compared two different states. */
async function checkAtQuiescence(workload: Workload, worker: WorkerProcess, state: string): Promise<string[]> {
  for (let checks = 1; ; checks += 1) {
    const pending = await runToQuiescence(worker, state);
    const version = stateVersion(state);
    const pages = await readPages(workload);
    const findings = [...pending, ...check(workload, state, pages, { nowMs: Date.now() + worker.shiftMs, isLate: false })];
    if (findings.length === 0 || checks === MAX_CHECKS || stateVersion(state) === version) return findings;
  }
}

/** Checks at quiescence, and again an hour later on the files of the stopped Worker, when nothing may be reserved any more. */
async function checkRun(
  workload: Workload,
  worker: WorkerProcess,
  state: string,
  stopWatch: () => WatchResult,
): Promise<CheckResult> {
  const broken = workload.counts.unanswered["500"] ?? 0;
  const answers = broken > 0 ? [`${broken} answers were 500`] : [];
  const atQuiescence = [...answers, ...stopWatch().findings, ...(await checkAtQuiescence(workload, worker, state))];
  const reserved = countHolds(state);
  await worker.advanceClock(HOUR_MS);
  const pending = await runToQuiescence(worker, state);
  const pages = await readPages(workload);
  await worker.stop();
  const checkFiles = (folder: string) => check(workload, folder, pages, { nowMs: Date.now() + worker.shiftMs, isLate: true });
  const isNew = (finding: string) => !atQuiescence.includes(finding);
  const late = [...pending, ...checkFiles(state)].filter(isNew).map((finding) => `an hour later: ${finding}`);
  const findings = [...atQuiescence, ...late];
  // With findings, every falsified copy would have some too, whatever the checks see.
  return { reserved, findings, falsified: findings.length === 0 ? testChecks(state, checkFiles) : undefined };
}

async function run(options: RunOptions): Promise<number> {
  const startedAtMs = Date.now();
  const folder = mkdtempSync(join(tmpdir(), "holdfast-crash-"));
  const state = join(folder, "state");
  // A killed Miniflare leaves temporary files; they are deleted with the folder.
  process.env["TMPDIR"] = join(folder, "tmp");
  mkdirSync(process.env["TMPDIR"]);
  const workload = createWorkload(options.seed);
  const random = createRandom(options.seed);
  const bundle = await buildRun(folder, options.mutant && MUTANTS[options.mutant]);
  const worker = await startWorker(workload, { bundle, state, random });
  try {
    await openShop(workload);
    const stopWatch = watchProjection(state);
    await runWorkload(workload, worker, random, options);
    const result = await checkRun(workload, worker, state, stopWatch);
    const isGood = printReport({ options, workload, worker, result, seconds: (Date.now() - startedAtMs) / 1_000 });
    if (isGood) rmSync(folder, { recursive: true });
    else keep(folder, workload);
    return isGood ? 0 : 1;
  } finally {
    await worker.stop();
  }
}

function keep(folder: string, { log }: Workload): void {
  writeFileSync(join(folder, "log.ndjson"), log.map((entry) => JSON.stringify(entry)).join("\n"));
  console.log(`The files of the run are in ${folder}: state/, and log.ndjson with every write and its answers.`);
}

const options = readOptions(process.argv.slice(2));
const watchdog = setTimeout(
  () => {
    console.error("The run exceeded its time limit.");
    process.exit(1);
  },
  MAX_RUN_MS + options.seconds * MAX_STRETCH * 1_000,
);
process.exitCode = await run(options);
clearTimeout(watchdog);
