import type { Refusal } from "../../../src/errors.ts";
import type { Keyed } from "../../../src/writes/rules/keyed.ts";
import type { Acknowledged } from "./acknowledged.ts";
import type { ObjectRuntime } from "../platform/object-instances.ts";
import type { Sql } from "../platform/sql.ts";
import { type WorkerPool, type Reply, request, type Verb } from "../platform/workers.ts";
import { enqueue, reportFinding, type Scheduler } from "../engine/scheduler.ts";

/** One schedule with its Worker, objects, database and clients. */
export interface Simulation {
  scheduler: Scheduler;
  workers: WorkerPool;
  runtime: ObjectRuntime;
  d1: Sql;
  acknowledged: Acknowledged;
  /** Idempotency keys used so far: each write has its own. */
  keys: number;
}

/** Faults end long before this many tries, so a client that has no answer by then has found a bug. */
const MAX_TRIES = 60;
/** The share of tries whose client gives up before the answer. */
const TIMEOUT_SHARE = 0.15;

/** A definite result of a request. */
export type Answered<T> = { answer: T } | { refusal: Refusal };

/** A new idempotency key, and the hash of the body that is always sent under it. */
export function newKey(sim: Simulation): Keyed {
  sim.keys += 1;
  return { id: `K${sim.keys}`, requestHash: `body of K${sim.keys}` };
}

/** Retries a request until it is answered. Only for requests that have a key or are idempotent by themselves. */
export async function sendUntilAnswered<T>(sim: Simulation, label: string, verb: Verb<T>): Promise<Answered<T>> {
  for (let tries = 1; tries <= MAX_TRIES; tries += 1) {
    const reply = await sendWithTimeout(sim, label, verb);
    if (!("unknown" in reply)) return reply;
    sim.scheduler.cover("client retries");
    await pause(sim, sim.scheduler.random.pick([20, 300, 2_000, 8_000, 130_000]));
  }
  reportFinding(sim.scheduler, `${label} was not answered in ${MAX_TRIES} tries`);
  return new Promise(() => {});
}

/** Sends a request once. @returns `undefined` if its outcome is unknown */
export async function sendOnce<T>(sim: Simulation, label: string, verb: Verb<T>): Promise<Answered<T> | undefined> {
  const reply = await sendWithTimeout(sim, label, verb);
  return "unknown" in reply ? undefined : reply;
}

/** Sends one try. Some clients stop waiting, so that their next try runs beside this one. */
function sendWithTimeout<T>(sim: Simulation, label: string, verb: Verb<T>): Promise<Reply<T>> {
  const reply = request(sim.workers, label, verb);
  const { random } = sim.scheduler;
  if (!random.chance(TIMEOUT_SHARE)) return reply;
  const timedOut = pause(sim, random.between(10, 4_000)).then(() => ({ unknown: "the client timed out" }));
  return Promise.race([reply, timedOut]);
}

export function pause({ scheduler }: Simulation, ms: number): Promise<void> {
  return new Promise((resolve) => enqueue(scheduler, scheduler.clients, ms, () => `waited ${ms} ms`, resolve));
}

/** Reports a refusal whose code is not among those that the request may get. */
export function expectRefusal(
  sim: Simulation,
  label: string,
  { code, message }: Refusal,
  codes: readonly Refusal["code"][],
): void {
  if (!codes.includes(code)) reportFinding(sim.scheduler, `${label} was refused as ${code}: ${message}`);
}
