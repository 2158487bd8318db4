import type { Deps } from "../../deps.ts";
import {
  releaseEverywhere,
  type Reserved,
  reserveAtOnce,
  reserveInTurn,
  type ReservationRequest,
  type Short,
  withDeadline,
} from "./reserve.ts";

/** For which order units are acquired, and what its caller decides about holds of its earlier attempts. */
export interface Acquisition<D> {
  orderId: string;
  /** What is reserved later than this is not recorded. */
  deadlineMs: number;
  /**
   * Fences holds of earlier attempts unless D1 has recorded one of them (C4a).
   * @returns what D1 has decided meanwhile; `undefined` where the holds are dead and may be released
   */
  fenceStaleHolds: (holdIds: readonly string[]) => Promise<D | undefined>;
}

export type Acquired<D> =
  | Reserved
  /** Its units are being released already. */
  | Short
  /** An object did not answer in time, or another attempt at the order is running: no shortage, and nothing is reserved. */
  | { outcome: "unknown"; cause?: unknown }
  | { outcome: "decided"; decision: D };

/**
 * Reserves the units of an order (C2 to C4), each pass under a hold of its own: everything at once; where units are short that an
 * earlier attempt at the same order holds, those are released once D1 says that its hold is dead; where all missing units are
 * tentative, one product after the other, waiting for them. Whatever is not reserved in the end is released after the answer: no
 * record was sent under these holds, so that needs no decision of D1 (C3).
 * @throws what `fenceStaleHolds` throws
 */
export async function acquire<D>(deps: Deps, request: ReservationRequest, acquisition: Acquisition<D>): Promise<Acquired<D>> {
  const acquired = await reserve(deps, request, acquisition);
  const isLate = acquired.outcome === "reserved" && deps.nowMs() > acquisition.deadlineMs;
  return isLate ? giveUp(deps, request, acquired.holdId) : acquired;
}

async function reserve<D>(deps: Deps, request: ReservationRequest, acquisition: Acquisition<D>): Promise<Acquired<D>> {
  const { orderId, deadlineMs, fenceStaleHolds } = acquisition;
  const first = await reserveAtOnce(deps, request, newHoldId(deps, orderId), deadlineMs);
  if (first.outcome === "reserved") return first;
  if (first.outcome === "unknown") return giveUp(deps, request, first.holdId);
  const staleHolds = staleHoldsIn(first);
  if (staleHolds.length === 0 && !first.lines.every((line) => line.tentative)) return short(deps, first);
  const released = releaseEverywhere(deps, first.heldAt, [first.holdId]);
  deps.defer(() => released);
  const decision = staleHolds.length > 0 ? await fenceStaleHolds(staleHolds) : undefined;
  if (decision !== undefined) return { outcome: "decided", decision };
  // The next pass asks the same objects under another hold, so these units have to be back by then.
  const all = Promise.all([released, releaseEverywhere(deps, request.demand.keys(), staleHolds)]);
  try {
    await withDeadline(deps, deadlineMs, all);
  } catch (error) {
    return giveUp(deps, request, first.holdId, error);
  }
  return reserveWaiting(deps, request, acquisition);
}

/** The ordered pass (C4b). */
async function reserveWaiting(
  deps: Deps,
  request: ReservationRequest,
  { orderId, deadlineMs }: Pick<Acquisition<never>, "orderId" | "deadlineMs">,
): Promise<Reserved | Short | Extract<Acquired<never>, { outcome: "unknown" }>> {
  const second = await reserveInTurn(deps, request, newHoldId(deps, orderId), deadlineMs);
  if (second.outcome === "reserved") return second;
  // A hold of the same order now is another attempt that is running and may still succeed, so this is no shortage.
  if (second.outcome === "unknown" || staleHoldsIn(second).length > 0) return giveUp(deps, request, second.holdId);
  return short(deps, second);
}

function short(deps: Deps, reservation: Short): Short {
  deps.defer((background) => releaseEverywhere(background, reservation.heldAt, [reservation.holdId]));
  return reservation;
}

function giveUp(deps: Deps, { demand }: ReservationRequest, holdId: string, cause?: unknown) {
  deps.defer((background) => releaseEverywhere(background, demand.keys(), [holdId]));
  return { outcome: "unknown" as const, cause };
}

function staleHoldsIn({ lines }: Short): string[] {
  return [...new Set(lines.flatMap((line) => line.ownHolds))];
}

function newHoldId(deps: Deps, orderId: string): string {
  return `${orderId}.${deps.newTry()}`;
}
