import { cancel, enqueue, randomOfSeed, type Scheduler, type Task, trace } from "./scheduler.ts";

/** The schedule that this process's globals act for at the moment. */
let scheduler: Scheduler | undefined;
let timers = new Map<number, Task>();
let lastTimer = 0;

/**
 * Replaces the clock, the timers, the random source and the console of this process by those of a schedule, so that the sources use the
 * scheduler's. This cannot be undone: a process that simulates does nothing else.
 */
export function replaceGlobals(): void {
  const beforeSchedules = randomOfSeed(1);
  Date.now = () => current().nowMs;
  Math.random = () => current().random.below(1e9) / 1e9;
  const fill = (bytes: Uint8Array) => {
    const random = scheduler?.random ?? beforeSchedules;
    for (const index of bytes.keys()) bytes[index] = random.below(256);
    return bytes;
  };
  const refuse = () => {
    throw new Error("not simulated: crypto.subtle, intervals and fetch finish outside the schedule");
  };
  const subtle = new Proxy({}, { get: () => refuse });
  Object.defineProperty(globalThis, "crypto", { value: { getRandomValues: fill, randomUUID: refuse, subtle } });
  Object.assign(globalThis, { setTimeout: setTimer, clearTimeout: clearTimer, setInterval: refuse, fetch: refuse });
  const log = (line: unknown) => trace(current(), current().running, () => `· ${String(line)}`);
  Object.assign(console, { log, error: log, warn: log });
}

/** Makes the globals act for another schedule. */
export function useScheduler(next: Scheduler): void {
  scheduler = next;
  timers = new Map();
}

function current(): Scheduler {
  if (!scheduler) throw new Error("no schedule is running");
  return scheduler;
}

function setTimer(run: () => void, delayMs = 0): number {
  const now = current();
  lastTimer += 1;
  const id = lastTimer;
  const task = enqueue(
    now,
    now.running,
    Math.max(delayMs, 1),
    () => `timer of ${delayMs} ms`,
    () => {
      timers.delete(id);
      run();
    },
  );
  timers.set(id, task);
  return id;
}

function clearTimer(id: number | undefined): void {
  if (id === undefined) return;
  cancel(current(), timers.get(id));
  timers.delete(id);
}
