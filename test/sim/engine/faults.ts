import type { Chance } from "./random.ts";

/** What can happen to one message. */
export const FAULTS = ["lost", "answer_lost", "late", "twice"] as const;
export type Fault = (typeof FAULTS)[number];

/** How bad things are in a schedule: shares of 1, of messages and of steps. */
export interface Weather {
  faults: Record<Fault, number>;
  /** The share of steps before which an isolate of the Worker dies, or an object. */
  workerCrash: number;
  objectCrash: number;
  /** The share of steps before which the clock jumps. */
  jump: number;
  /** The share of alarms that ring long after their time. */
  lateAlarm: number;
}

/** Nothing goes wrong any more. */
export const CALM: Weather = {
  faults: { lost: 0, answer_lost: 0, late: 0, twice: 0 },
  workerCrash: 0,
  objectCrash: 0,
  jump: 0,
  lateAlarm: 0,
};

const MESSAGE_SHARES = [0, 0.01, 0.03, 0.1];
const CRASH_SHARES = [0, 0.003, 0.01];
const JUMP_SHARES = [0, 0.003, 0.01];
const ALARM_SHARES = [0, 0.2, 0.6];

/** Draws a schedule's weather: some schedules meet one kind of trouble alone, others all at once. */
export function drawWeather(chance: Chance): Weather {
  const [lost, answerLost, late, twice] = FAULTS.map(() => chance.pick(MESSAGE_SHARES));
  return {
    faults: { lost: lost ?? 0, answer_lost: answerLost ?? 0, late: late ?? 0, twice: twice ?? 0 },
    workerCrash: chance.pick(CRASH_SHARES),
    objectCrash: chance.pick(CRASH_SHARES),
    jump: chance.pick(JUMP_SHARES),
    lateAlarm: chance.pick(ALARM_SHARES),
  };
}

/** How long a message takes, in ms; now and then as long as callers have patience. */
export function drawLatency(chance: Chance, { faults }: Weather): number {
  const isSlow = faults.late > 0 && chance.is(0.02);
  return isSlow ? chance.between(500, 6_000) : chance.between(1, 20);
}

/** After how long a message arrives that nobody counts on any more: after its caller gave up, its hold ran out, its order was paid. */
export function drawLate(chance: Chance): number {
  return chance.pick([300, 3_500, 6_000, 30_000, 125_000, 200_000, 1_000_000, 2_000_000]) + chance.below(2_000);
}

/** How far the clock jumps, in ms: past a time limit, a hold, a reservation, a payment window. */
export function drawJump(chance: Chance): number {
  return chance.pick([1_100, 5_500, 60_500, 121_000, 121_000, 905_000, 1_805_000]);
}
