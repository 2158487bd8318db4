import { prepareHost, type Server, startServer } from "../deployed/server.ts";
import type { RunBundle } from "./build-bundle.ts";
import type { Random } from "../support/random.ts";
import { STOCKED_PRODUCTS } from "./clients/shop.ts";
import type { Workload } from "./clients/workload.ts";

// The process of the Worker, which is started, killed and restarted on the same state. Each restart moves its clock on.

/** Shorter windows, so that a run with its shifted clock outlasts them. Everything else is as deployed. */
const VARS = {
  ENVIRONMENT: "crash-run",
  RATE_LIMITS: "off",
  REQUEST_LOG: "off",
  PAYMENT_WINDOW_MINUTES: "10",
  RESERVATION_MINUTES: "10",
  RESERVATION_MAX_MINUTES: "20",
};
const CRON_EVERY_MS = 2_000;
const CONTROL_TIMEOUT_MS = 30_000;

export interface WorkerProcess {
  kills: number;
  /** Requests in flight when workerd was killed. */
  interrupted: number;
  /** The total shift of the clock. */
  shiftMs: number;
  /** Injected faults by kind, as last reported before each kill. */
  faults: Record<string, number>;
  /** Sets the probability that a call fails. */
  setFaultRate: (rate: number) => Promise<void>;
  /** Moves the Worker's clock and its alarms on. */
  advanceClock: (ms: number) => Promise<void>;
  /** Kills workerd with its requests in flight and restarts it, with the clock moved on by `downMs`. */
  killAndRestart: (downMs: number) => Promise<void>;
  runCron: () => Promise<void>;
  stop: () => Promise<void>;
}

export interface WorkerOptions {
  bundle: RunBundle;
  /** The folder of the files of D1 and the objects. */
  state: string;
  random: Random;
}

/** Starts the Worker for the first time, and its cron. */
export async function startWorker(workload: Workload, { bundle, state, random }: WorkerOptions): Promise<WorkerProcess> {
  let next = prepareHost();
  let server = await start(0, 0);
  let rate = 0;
  let isStopped = false;
  let currentFaults: Record<string, number> = {};

  async function start(shiftMs: number, faultRate: number): Promise<Server> {
    const run = { RUN_SEED: String(random.between(1, 1e9)), RUN_SHIFT_MS: String(shiftMs), RUN_FAULT_RATE: String(faultRate) };
    const started = await startServer({ ...bundle, state, vars: { ...VARS, ...run } }, next);
    next = prepareHost();
    return started;
  }

  async function control(query: string): Promise<void> {
    const response = await fetch(`${server.url}/run/control?${query}`, { signal: AbortSignal.timeout(CONTROL_TIMEOUT_MS) });
    if (!response.ok) throw new Error(`The control request was answered ${response.status}: ${await response.text()}`);
    const { counts } = (await response.json()) as { counts: Record<string, number> };
    currentFaults = counts;
  }

  function tally(): void {
    for (const [kind, times] of Object.entries(currentFaults)) worker.faults[kind] = (worker.faults[kind] ?? 0) + times;
    currentFaults = {};
  }

  const worker: WorkerProcess = {
    kills: 0,
    interrupted: 0,
    shiftMs: 0,
    faults: {},
    async setFaultRate(wanted) {
      rate = wanted;
      await control(`rate=${wanted}`);
    },
    async advanceClock(ms) {
      await control(`by_ms=${ms}&products=${STOCKED_PRODUCTS.join(",")}`);
      worker.shiftMs += ms;
    },
    async killAndRestart(downMs) {
      await control("").catch(() => undefined);
      worker.interrupted += workload.inFlight;
      await server.kill();
      worker.kills += 1;
      tally();
      server = await start(worker.shiftMs, rate);
      workload.url = server.url;
      await worker.advanceClock(downMs);
    },
    async runCron() {
      const signal = AbortSignal.timeout(CONTROL_TIMEOUT_MS);
      await fetch(`${server.url}/cdn-cgi/local/scheduled`, { signal }).catch(() => undefined);
    },
    async stop() {
      if (isStopped) return;
      isStopped = true;
      clearInterval(cron);
      next.kill("SIGKILL");
      tally();
      await server.stop();
    },
  };
  workload.url = server.url;
  const cron = setInterval(() => void worker.runCron(), CRON_EVERY_MS);
  return worker;
}
