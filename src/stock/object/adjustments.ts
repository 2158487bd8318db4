import type { Stores } from "./cart-holds.ts";
import { saveRefusal, shelfUnits } from "./refusals.ts";
import type { Level } from "../rules/levels.ts";
import type { AdjustAnswer, Adjustment, AdjustRefusal } from "../rules/messages.ts";
import type { AppliedAdjustment } from "./movement-store.ts";
import { openShortage } from "./shortages.ts";

// Decisions about changes of stock by hand. Each is synchronous and runs inside one storage transaction.

/**
 * Applies a manual adjustment, or refuses it, once per reference: a late retry must not apply what was already refused. It takes units that
 * are reserved or allocated only from a shelf that is said to be short, and then after their orders have lost them (O11).
 */
export function adjustUnits(stores: Stores, adjustment: Adjustment, nowMs: number): AdjustAnswer {
  const { store } = stores;
  const { referenceId, requestHash } = adjustment;
  const open = store.shortages.of(referenceId)?.adjustment;
  const earlier = open ?? store.movements.appliedAdjustment(referenceId) ?? store.refusedAdjustment(referenceId);
  if (earlier && earlier.requestHash !== requestHash) return { outcome: "reference_reused" };
  if (open) return { outcome: "short" };
  if (earlier && "answer" in earlier) return { ...(JSON.parse(earlier.answer) as AdjustRefusal), replayed: true };
  if (earlier && "seq" in earlier) return movedAgain(earlier);
  const answer = applyAdjustment(stores, adjustment, nowMs);
  if (answer.outcome === "units_reserved" || answer.outcome === "not_as_expected") saveRefusal(store, adjustment, answer, nowMs);
  return answer;
}

function movedAgain({ requestHash: _hash, ...movement }: AppliedAdjustment): AdjustAnswer {
  return { outcome: "moved", movement, replayed: true };
}

function applyAdjustment(stores: Stores, adjustment: Adjustment, nowMs: number): AdjustAnswer {
  const { store } = stores;
  const { kind, referenceId, externalReference, requestHash, reason, actor, requestId, expectedOnHand } = adjustment;
  const isShortageOpen = store.shortages.at(adjustment) !== undefined;
  if (isShortageOpen && (kind === "count" || adjustment.onShortage)) return { outcome: "short" };
  const level = store.level(adjustment);
  if (expectedOnHand !== undefined && expectedOnHand !== level.onHand)
    return { outcome: "not_as_expected", onHand: level.onHand, replayed: false };
  const quantity = kind === "count" ? adjustment.quantity - level.onHand : adjustment.quantity;
  const rest = { externalReference, requestHash, reason, actor, requestId, atMs: nowMs };
  const movement = store.record(adjustment, quantity, { kind, referenceType: "adjustment", referenceId, ...rest });
  if (movement) return { outcome: "moved", movement, replayed: false };
  if (!mayBeShort(adjustment, level)) return { outcome: "units_reserved", ...shelfUnits(level), replayed: false };
  const taken = openShortage(stores, adjustment, Math.abs(quantity), nowMs);
  return taken ? { outcome: "moved", movement: taken, replayed: false } : { outcome: "short" };
}

/** Whether an adjustment may take promised units: nobody has more than is on hand to take. */
function mayBeShort({ onShortage, kind, quantity }: Adjustment, { onHand }: Level): boolean {
  return onShortage === "keep_oldest" && (kind === "count" ? quantity >= 0 : quantity <= onHand);
}
