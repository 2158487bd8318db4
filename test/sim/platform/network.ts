import { drawLateDelay, drawLatency, FAULTS, type Fault } from "../engine/faults.ts";
import { type Actor, enqueue, type Scheduler, trace } from "../engine/scheduler.ts";

/** One call from an actor to D1 or to an object. */
interface Call<T> {
  to: "d1" | "stock";
  label: () => string;
  /** Runs the call at the callee. */
  execute: () => Promise<T>;
  /** The error that the caller gets when the connection breaks. */
  disconnected: () => Error;
}

/**
 * Sends a call. The call or its answer may be lost, and the call may arrive long after its caller timed out, or twice. When the connection
 * breaks, the caller gets an error, or nothing until its own timeout.
 */
export function sendCall<T>(scheduler: Scheduler, caller: Actor, call: Call<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    if (!caller.isAlive) return;
    const { random, faultRates } = scheduler;
    const fault = drawFault(scheduler, call.to);
    const label = () => `${call.label()}${fault ? `  [${fault}]` : ""}`;
    trace(scheduler, caller, () => `→ ${label()}`);
    const answer = (settle: () => void) =>
      enqueue(scheduler, caller, drawLatency(random, scheduler.faultRates), () => `← ${call.label()}`, settle);
    const send = (delayMs: number, isAnswered: boolean) =>
      enqueue(scheduler, scheduler.network, delayMs, label, () => {
        call.execute().then(
          (value) => isAnswered && answer(() => resolve(value)),
          (error: unknown) => isAnswered && answer(() => reject(error)),
        );
      });
    const isAnswered = fault === undefined || fault === "twice";
    if (fault !== "lost") send(fault === "late" ? drawLateDelay(random) : drawLatency(random, faultRates), isAnswered);
    if (fault === "twice") send(drawLateDelay(random), false);
    if (!isAnswered && random.chance(0.5)) answer(() => reject(call.disconnected()));
  });
}

/** Draws the fault of a call. No batch of D1 runs twice, because the platform does not retry writes. */
function drawFault({ random, faultRates, cover }: Scheduler, to: Call<unknown>["to"]): Fault | undefined {
  const fault = FAULTS.find((each) => random.chance(faultRates.faults[each]));
  if (fault === undefined || (fault === "twice" && to === "d1")) return undefined;
  cover(`fault: ${to} ${fault}`);
  return fault;
}
