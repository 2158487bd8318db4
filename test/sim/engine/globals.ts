import { chanceOf } from "./random.ts";
import { cancel, type Due, later, tell, type World } from "./scheduler.ts";

/** What one process's globals mean at this moment. */
let world: World | undefined;
let timers = new Map<number, Due>();
let lastTimer = 0;

/**
 * Makes the clock, the timers, chance and the console of this process those of a schedule: what the sources reach for is then the
 * scheduler's. It cannot be undone; a process that simulates does nothing else.
 */
export function takeOver(): void {
  const random = chanceOf(1);
  Date.now = () => now().nowMs;
  Math.random = () => now().chance.below(1e9) / 1e9;
  const fill = (bytes: Uint8Array) => {
    const { chance } = world ?? { chance: random };
    for (const index of bytes.keys()) bytes[index] = chance.below(256);
    return bytes;
  };
  const refuse = () => {
    throw new Error("the simulation has no threads: what needs crypto.subtle would answer at any time");
  };
  const subtle = new Proxy({}, { get: () => refuse });
  Object.defineProperty(globalThis, "crypto", { value: { getRandomValues: fill, randomUUID: refuse, subtle } });
  Object.assign(globalThis, { setTimeout: setTimer, clearTimeout: clearTimer, setInterval: refuse, fetch: refuse });
  const log = (line: unknown) => {
    const { running, ...current } = now();
    tell({ running, ...current }, running, () => `· ${String(line)}`);
  };
  Object.assign(console, { log, error: log, warn: log });
}

/** Lets a schedule be the one that the globals mean. */
export function enter(next: World): void {
  world = next;
  timers = new Map();
}

function now(): World {
  if (!world) throw new Error("no schedule is running");
  return world;
}

function setTimer(run: () => void, delayMs = 0): number {
  const current = now();
  lastTimer += 1;
  const id = lastTimer;
  const due = later(
    current,
    current.running,
    Math.max(delayMs, 1),
    () => `a timer of ${delayMs} ms`,
    () => {
      timers.delete(id);
      run();
    },
  );
  timers.set(id, due);
  return id;
}

function clearTimer(id: number | undefined): void {
  if (id === undefined) return;
  cancel(now(), timers.get(id));
  timers.delete(id);
}
