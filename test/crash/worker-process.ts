import { prepareHost, type Server, startServer } from "../deployed/server.ts";
import type { RunBundle } from "./build-bundle.ts";
import type { Random } from "../support/random.ts";
import { STOCKED_PRODUCTS } from "./clients/shop.ts";
import type { World } from "./clients/workload.ts";

// The lives of the Worker: it is started, killed, and started again over the same state. With each life its clock has moved on.

/** Windows that a run can outlive, for its clock is shifted; all else as it is deployed. */
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

export interface Lives {
  kills: number;
  /** Requests that were in flight when workerd was killed. */
  cutOff: number;
  /** How long the clock was shifted by, all in all. */
  shiftMs: number;
  /** Calls and objects that were made to fail, by kind, as far as was heard before each death. */
  faults: Record<string, number>;
  /** How often a call fails. */
  setFaultRate: (rate: number) => Promise<void>;
  /** Lets time pass: windows end, alarms ring. */
  letPass: (ms: number) => Promise<void>;
  /** Kills workerd with whatever is in flight, and starts it again; for its clients it was away for a while. */
  killAndStart: (awayMs: number) => Promise<void>;
  ringCron: () => Promise<void>;
  stop: () => Promise<void>;
}

export interface LifeOptions {
  bundle: RunBundle;
  /** The folder of D1's and the objects' files. */
  state: string;
  random: Random;
}

/** Starts the first life. */
export async function startLives(world: World, { bundle, state, random }: LifeOptions): Promise<Lives> {
  let next = prepareHost();
  let server = await start(0, 0);
  let rate = 0;
  let isStopped = false;
  let ofThisLife: Record<string, number> = {};

  async function start(shiftMs: number, faultRate: number): Promise<Server> {
    const run = { RUN_SEED: String(random.between(1, 1e9)), RUN_SHIFT_MS: String(shiftMs), RUN_FAULT_RATE: String(faultRate) };
    const started = await startServer({ ...bundle, state, vars: { ...VARS, ...run } }, next);
    next = prepareHost();
    return started;
  }

  async function control(query: string): Promise<void> {
    const response = await fetch(`${server.url}/run/control?${query}`, { signal: AbortSignal.timeout(CONTROL_TIMEOUT_MS) });
    if (!response.ok) throw new Error(`The run's control was answered ${response.status}: ${await response.text()}`);
    const { counts } = (await response.json()) as { counts: Record<string, number> };
    ofThisLife = counts;
  }

  function tally(): void {
    for (const [kind, times] of Object.entries(ofThisLife)) lives.faults[kind] = (lives.faults[kind] ?? 0) + times;
    ofThisLife = {};
  }

  const lives: Lives = {
    kills: 0,
    cutOff: 0,
    shiftMs: 0,
    faults: {},
    async setFaultRate(wanted) {
      rate = wanted;
      await control(`rate=${wanted}`);
    },
    async letPass(ms) {
      await control(`by_ms=${ms}&products=${STOCKED_PRODUCTS.join(",")}`);
      lives.shiftMs += ms;
    },
    async killAndStart(awayMs) {
      await control("").catch(() => undefined);
      lives.cutOff += world.inFlight;
      await server.kill();
      lives.kills += 1;
      tally();
      server = await start(lives.shiftMs, rate);
      world.url = server.url;
      await lives.letPass(awayMs);
    },
    async ringCron() {
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
  world.url = server.url;
  const cron = setInterval(() => void lives.ringCron(), CRON_EVERY_MS);
  return lives;
}
