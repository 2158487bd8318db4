import { available, type Level, type Place } from "../rules/levels.ts";
import type { Adjustment, AdjustRefusal, ShelfUnits } from "../rules/messages.ts";
import type { PromisedUnits } from "../rules/shortage-messages.ts";
import type { StockStore } from "./stock-store.ts";

/** How long refusals of adjustments, and what fills got, are kept; no retry arrives later. */
export const REFUSAL_RETENTION_MS = 7 * 24 * 60 * 60_000;

/** What may leave a place by hand. */
export function shelfUnits(level: Level): ShelfUnits {
  return { free: available(level), onHand: level.onHand, allocated: level.allocated };
}

/** Remembers why an adjustment moved nothing: a late retry must not apply what was already refused (O8). */
export function saveRefusal(store: StockStore, adjustment: Adjustment, answer: AdjustRefusal, nowMs: number): void {
  const { referenceId, requestHash } = adjustment;
  const refused = { requestHash, answer: JSON.stringify(answer) };
  store.saveRefusal(referenceId, refused, nowMs, nowMs - REFUSAL_RETENTION_MS);
}

/**
 * A refusal with the orders that the units are promised to; without them where D1 knows none, or does not name them in time.
 * @param object asks D1 (A6)
 */
export async function nameOrders<Refused extends ShelfUnits>(
  object: { promisedTo: (place: Place) => Promise<PromisedUnits> },
  refused: Refused,
  place: Place,
): Promise<Refused> {
  try {
    const promised = await object.promisedTo(place);
    return promised.count > 0 ? { ...refused, promised } : refused;
  } catch {
    return refused;
  }
}
