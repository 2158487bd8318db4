import { drawLate, drawLatency, FAULTS, type Fault } from "../engine/faults.ts";
import { type Actor, later, tell, type World } from "../engine/scheduler.ts";

/** One call from an actor to what is outside of it. */
interface Call<T> {
  to: "d1" | "stock";
  words: () => string;
  /** Takes effect, at the callee's. */
  perform: () => Promise<T>;
  /** What the caller hears where the connection broke. */
  broken: () => Error;
}

/**
 * Sends a call. It may be lost, its answer may, it may arrive long after its caller gave up, or a second time; where the connection
 * broke the caller hears so, or nothing at all and waits until its patience ends.
 */
export function ask<T>(world: World, caller: Actor, call: Call<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    if (!caller.isAlive) return;
    const { chance, weather } = world;
    const fault = drawFault(world, call.to);
    const words = () => `${call.words()}${fault ? `  [${fault}]` : ""}`;
    tell(world, caller, () => `→ ${words()}`);
    const answer = (settle: () => void) =>
      later(world, caller, drawLatency(chance, world.weather), () => `← ${call.words()}`, settle);
    const send = (delayMs: number, isHeard: boolean) =>
      later(world, world.network, delayMs, words, () => {
        call.perform().then(
          (value) => isHeard && answer(() => resolve(value)),
          (error: unknown) => isHeard && answer(() => reject(error)),
        );
      });
    const isHeard = fault === undefined || fault === "twice";
    if (fault !== "lost") send(fault === "late" ? drawLate(chance) : drawLatency(chance, weather), isHeard);
    if (fault === "twice") send(drawLate(chance), false);
    if (!isHeard && chance.is(0.5)) answer(() => reject(call.broken()));
  });
}

/** Of D1 no batch runs twice: the platform repeats no writes. */
function drawFault({ chance, weather, met }: World, to: Call<unknown>["to"]): Fault | undefined {
  const fault = FAULTS.find((each) => chance.is(weather.faults[each]));
  if (fault === undefined || (fault === "twice" && to === "d1")) return undefined;
  met(`fault: ${to} ${fault}`);
  return fault;
}
