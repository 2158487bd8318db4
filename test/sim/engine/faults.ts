import type { Random } from "../../support/random.ts";

/** What can happen to a message. */
export const FAULTS = ["lost", "answer_lost", "late", "twice"] as const;
export type Fault = (typeof FAULTS)[number];

/** The fault rates of one schedule, as probabilities. */
export interface FaultRates {
  /** Per message. */
  faults: Record<Fault, number>;
  /** Per step: an isolate of the Worker dies, or an instance of an object. */
  workerCrash: number;
  objectCrash: number;
  /** Per step: the clock jumps. */
  jump: number;
  /** Per alarm: it runs long after its time. */
  lateAlarm: number;
}

export const NO_FAULTS: FaultRates = {
  faults: { lost: 0, answer_lost: 0, late: 0, twice: 0 },
  workerCrash: 0,
  objectCrash: 0,
  jump: 0,
  lateAlarm: 0,
};

const MESSAGE_RATES = [0, 0.01, 0.03, 0.1];
const CRASH_RATES = [0, 0.003, 0.01];
const JUMP_RATES = [0, 0.003, 0.01];
const LATE_ALARM_RATES = [0, 0.2, 0.6];

/** Draws the fault rates of a schedule: some schedules have one kind of fault alone, others all of them. */
export function drawFaultRates(random: Random): FaultRates {
  const [lost, answerLost, late, twice] = FAULTS.map(() => random.pick(MESSAGE_RATES));
  return {
    faults: { lost: lost ?? 0, answer_lost: answerLost ?? 0, late: late ?? 0, twice: twice ?? 0 },
    workerCrash: random.pick(CRASH_RATES),
    objectCrash: random.pick(CRASH_RATES),
    jump: random.pick(JUMP_RATES),
    lateAlarm: random.pick(LATE_ALARM_RATES),
  };
}

/** Draws how long a message takes, in ms; a few take so long that their callers time out. */
export function drawLatency(random: Random, { faults }: FaultRates): number {
  const isSlow = faults.late > 0 && random.chance(0.02);
  return isSlow ? random.between(500, 6_000) : random.between(1, 20);
}

/** Draws the delay of a late message, in ms: past the caller's timeout, the hold's end, or the payment of the order. */
export function drawLateDelay(random: Random): number {
  return random.pick([300, 3_500, 6_000, 30_000, 125_000, 200_000, 1_000_000, 2_000_000]) + random.below(2_000);
}

/** Draws how far the clock jumps, in ms: past a timeout, a hold, a reservation, a payment window. */
export function drawClockJump(random: Random): number {
  return random.pick([1_100, 5_500, 60_500, 121_000, 121_000, 905_000, 1_805_000]);
}
