import { setImmediate } from "node:timers";
import { createRandom, type Random } from "../../support/random.ts";
import type { FaultRates } from "./faults.ts";

/** Something that runs code: an isolate of the Worker, an instance of an object, the clients, the network. After it is killed, none of its code runs. */
export interface Actor {
  name: string;
  isAlive: boolean;
}

/** A step to take, not before `atMs`. Tasks that are due at the same time run in any order. */
export interface Task {
  atMs: number;
  actor: Actor;
  label: () => string;
  run: () => void;
}

/** The state of one schedule: its only clock, random source and task queue. */
export interface Scheduler {
  random: Random;
  faultRates: FaultRates;
  nowMs: number;
  steps: number;
  /** The actor that runs at this moment, which owns the timers that are set. */
  running: Actor;
  /** Actors that are never killed: messages in transit, everything started by the clock (alarms and the cron), and clients. */
  network: Actor;
  alarms: Actor;
  clients: Actor;
  tasks: Task[];
  /** Counts a situation that the schedule reached, over all schedules of a campaign. */
  cover: (what: string) => void;
  /** The numbered steps, where they are to be printed. */
  trace: string[] | undefined;
  /** Violations found at any step. */
  findings: string[];
}

/** Where a schedule's clock starts: midday, far from the hours of the nightly audit. */
const START_MS = Date.UTC(2026, 9, 5, 12);

/** The random source of a schedule. The bits are mixed first, because neighbouring seeds would start alike. */
export function randomOfSeed(seed: number): Random {
  return createRandom(Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b));
}

/** A scheduler without tasks, at its start time. */
export function newScheduler(parts: Pick<Scheduler, "random" | "faultRates" | "cover" | "trace">): Scheduler {
  const [network, alarms, clients] = [newActor("network"), newActor("alarms"), newActor("client")];
  return { ...parts, nowMs: START_MS, steps: 0, running: clients, network, alarms, clients, tasks: [], findings: [] };
}

export function newActor(name: string): Actor {
  return { name, isAlive: true };
}

/** Queues a task of an actor; a dead actor's task is dropped. */
export function enqueue(scheduler: Scheduler, actor: Actor, delayMs: number, label: () => string, run: () => void): Task {
  const task = { atMs: scheduler.nowMs + delayMs, actor, label, run };
  if (actor.isAlive) scheduler.tasks.push(task);
  return task;
}

/** Removes a task from the queue, if it is still there. */
export function cancel(scheduler: Scheduler, task: Task | undefined): void {
  const at = task ? scheduler.tasks.indexOf(task) : -1;
  if (at >= 0) scheduler.tasks.splice(at, 1);
}

/** Kills an actor: its tasks are dropped, and no answer reaches it. */
export function kill(scheduler: Scheduler, actor: Actor): void {
  actor.isAlive = false;
  scheduler.tasks = scheduler.tasks.filter((task) => task.actor !== actor);
}

/**
 * Takes one step: a random one of the tasks that are due. If none is due, the clock first moves to the earliest task.
 * @param untilMs the clock does not move past this  @returns false if there is no task until then
 */
export async function step(scheduler: Scheduler, untilMs = Infinity): Promise<boolean> {
  const first = scheduler.tasks.reduce((least, { atMs }) => Math.min(least, atMs), Infinity);
  if (first > untilMs) return false;
  scheduler.nowMs = Math.max(scheduler.nowMs, first);
  const due = scheduler.tasks.filter(({ atMs }) => atMs <= scheduler.nowMs);
  const task = scheduler.random.pick(due);
  cancel(scheduler, task);
  scheduler.steps += 1;
  trace(scheduler, task.actor, task.label);
  scheduler.running = task.actor;
  task.run();
  await drainPromises();
  scheduler.running = scheduler.clients;
  return true;
}

/** Runs everything that waits for no task: promise callbacks run to their end within one step, as behind an input gate. */
export function drainPromises(): Promise<void> {
  return new Promise((resolve) => {
    waiting.push(resolve);
    if (immediates === 0) startTurn();
  });
}

/**
 * Node runs promise callbacks to their end before each immediate. A turn of its event loop makes system calls, an immediate makes none:
 * so each turn has many, and a step takes the next one.
 */
const IMMEDIATES_PER_TURN = 100;
const waiting: (() => void)[] = [];
let immediates = 0;

function startTurn(): void {
  immediates = IMMEDIATES_PER_TURN;
  for (let no = 0; no < IMMEDIATES_PER_TURN; no += 1) setImmediate(runImmediate);
}

function runImmediate(): void {
  immediates -= 1;
  waiting.shift()?.();
  if (immediates === 0 && waiting.length > 0) startTurn();
}

/** Adds a line to the trace, if there is one. */
export function trace(scheduler: Scheduler, actor: Actor, label: () => string): void {
  scheduler.trace?.push(`${String(scheduler.steps).padStart(5)}  ${clockOf(scheduler)}  ${actor.name.padEnd(10)}  ${label()}`);
}

/** Records a violation. A schedule ends with its first one. */
export function reportFinding(scheduler: Scheduler, finding: string): void {
  scheduler.findings.push(finding);
  trace(scheduler, scheduler.running, () => `*** ${finding}`);
}

function clockOf({ nowMs }: Scheduler): string {
  const seconds = (nowMs - START_MS) / 1_000;
  return `${seconds.toFixed(3)} s`.padStart(13);
}
