import { setImmediate as afterAllElse } from "node:timers";
import type { Chance } from "./random.ts";
import type { Weather } from "./faults.ts";

/** Whoever runs code: an isolate of the Worker, a life of an object, the clients, the network. Nothing runs in one after its end. */
export interface Actor {
  name: string;
  isAlive: boolean;
}

/** Something that is going to happen, at the earliest at a time; what is possible at one time happens in any order. */
export interface Due {
  atMs: number;
  actor: Actor;
  words: () => string;
  run: () => void;
}

/** One schedule under way. It has the only clock, the only chance and the only queue. */
export interface World {
  chance: Chance;
  weather: Weather;
  nowMs: number;
  steps: number;
  /** Who runs at this moment, and so whose the timers are that are set. */
  running: Actor;
  /** Messages on their way; what rings by the clock, alarms and the cron; and clients. Nothing kills them. */
  network: Actor;
  bells: Actor;
  clients: Actor;
  /** What is going to happen. */
  dues: Due[];
  /** How often something was met, over all schedules of a run. */
  met: (what: string) => void;
  /** The numbered steps, where somebody is to read them. */
  trace: string[] | undefined;
  /** What is wrong, found at any step. */
  findings: string[];
}

/** Begins of a schedule's clock: a moment in the day, far from the hours of the nightly audit. */
const BEGIN_MS = Date.UTC(2026, 9, 5, 12);

/** The world of one schedule, in which nothing has happened yet. */
export function worldOf(parts: Pick<World, "chance" | "weather" | "met" | "trace">): World {
  const [network, bells, clients] = [actorOf("network"), actorOf("bells"), actorOf("client")];
  return { ...parts, nowMs: BEGIN_MS, steps: 0, running: clients, network, bells, clients, dues: [], findings: [] };
}

/** Somebody new. */
export function actorOf(name: string): Actor {
  return { name, isAlive: true };
}

/** Puts something off; of the dead nothing comes any more. */
export function later(world: World, actor: Actor, delayMs: number, words: () => string, run: () => void): Due {
  const due = { atMs: world.nowMs + delayMs, actor, words, run };
  if (actor.isAlive) world.dues.push(due);
  return due;
}

/** What was put off does not happen. */
export function cancel(world: World, due: Due | undefined): void {
  const at = due ? world.dues.indexOf(due) : -1;
  if (at >= 0) world.dues.splice(at, 1);
}

/** Ends an actor: nothing of it goes on, and no answer reaches it. */
export function kill(world: World, actor: Actor): void {
  actor.isAlive = false;
  world.dues = world.dues.filter((due) => due.actor !== actor);
}

/**
 * Takes one step: one of what is possible now, or, where nothing is, the clock goes on to what is first.
 * @param untilMs the clock does not go further  @returns false where nothing happens until then
 */
export async function step(world: World, untilMs = Infinity): Promise<boolean> {
  const first = world.dues.reduce((least, { atMs }) => Math.min(least, atMs), Infinity);
  if (first > untilMs) return false;
  world.nowMs = Math.max(world.nowMs, first);
  const possible = world.dues.filter(({ atMs }) => atMs <= world.nowMs);
  const due = world.chance.pick(possible);
  cancel(world, due);
  world.steps += 1;
  tell(world, due.actor, due.words);
  world.running = due.actor;
  due.run();
  await settled();
  world.running = world.clients;
  return true;
}

/** Lets everything that waits for nothing outside go on: the input gate of one step. */
export function settled(): Promise<void> {
  return new Promise((resolve) => afterAllElse(resolve));
}

/** Adds a line to the trace, if there is one. */
export function tell(world: World, actor: Actor, words: () => string): void {
  world.trace?.push(`${String(world.steps).padStart(5)}  ${clock(world)}  ${actor.name.padEnd(10)}  ${words()}`);
}

/** A broken promise. A schedule ends with its first. */
export function report(world: World, finding: string): void {
  world.findings.push(finding);
  tell(world, world.running, () => `*** ${finding}`);
}

function clock({ nowMs }: World): string {
  const seconds = (nowMs - BEGIN_MS) / 1_000;
  return `${seconds.toFixed(3)} s`.padStart(13);
}
