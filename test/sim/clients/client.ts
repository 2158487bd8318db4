import type { Refusal } from "../../../src/errors.ts";
import type { Keyed } from "../../../src/writes/rules/keyed.ts";
import type { Told } from "./acknowledged.ts";
import type { Maker } from "../platform/object-instances.ts";
import type { Sql } from "../platform/sql.ts";
import { type Fleet, type Heard, request, type Verb } from "../platform/workers.ts";
import { later, report, type World } from "../engine/scheduler.ts";

/** One schedule with all that takes part in it. */
export interface Sim {
  world: World;
  fleet: Fleet;
  maker: Maker;
  d1: Sql;
  told: Told;
  /** Requests so far: each write has a key of its own. */
  keys: number;
}

/** A client that still hears nothing after so many tries, most of them in calm, has found a bug. */
const MAX_TRIES = 60;
const IMPATIENT = 0.15;

/** What a client knows for certain in the end. */
export type Answered<T> = { answer: T } | { refusal: Refusal };

/** A key that nobody has used, with a body that never changes. */
export function newKey(sim: Sim): Keyed {
  sim.keys += 1;
  return { id: `K${sim.keys}`, requestHash: `body of K${sim.keys}` };
}

/** Sends a request again and again until it is answered; its key, or its nature, makes that safe. */
export async function insist<T>(sim: Sim, words: string, verb: Verb<T>): Promise<Answered<T>> {
  for (let tries = 1; tries <= MAX_TRIES; tries += 1) {
    const heard = await patiently(sim, words, verb);
    if (!("unknown" in heard)) return heard;
    sim.world.met("client tries again");
    await pause(sim, sim.world.chance.pick([20, 300, 2_000, 8_000, 130_000]));
  }
  report(sim.world, `${words} was not answered in ${MAX_TRIES} tries`);
  return new Promise(() => {});
}

/** Sends a request once. @returns `undefined` where nobody knows what became of it */
export async function once<T>(sim: Sim, words: string, verb: Verb<T>): Promise<Answered<T> | undefined> {
  const heard = await patiently(sim, words, verb);
  return "unknown" in heard ? undefined : heard;
}

/** Some clients do not wait for the end of one try before they begin the next. */
function patiently<T>(sim: Sim, words: string, verb: Verb<T>): Promise<Heard<T>> {
  const heard = request(sim.fleet, words, verb);
  const { chance } = sim.world;
  if (!chance.is(IMPATIENT)) return heard;
  const lost = pause(sim, chance.between(10, 4_000)).then(() => ({ unknown: "no patience" }));
  return Promise.race([heard, lost]);
}

export function pause({ world }: Sim, ms: number): Promise<void> {
  return new Promise((resolve) => later(world, world.clients, ms, () => `has waited ${ms} ms`, resolve));
}

/** Finds a refusal that the request cannot have. */
export function expectCode(sim: Sim, words: string, { code, message }: Refusal, codes: readonly Refusal["code"][]): void {
  if (!codes.includes(code)) report(sim.world, `${words} was refused as ${code}: ${message}`);
}
