import type { OpenedLine, Opening } from "../rules/opening-messages.ts";
import type { Decision } from "./cart-holds.ts";
import type { StockStore } from "./stock-store.ts";

/**
 * Receives the opening stock of an import where a variant never had a movement (O13). A level is there exactly where there was one, also of
 * no units: what was sold out or counted as zero stays so. Runs inside one storage transaction.
 */
export function openPlaces(store: StockStore, opening: Opening, nowMs: number): Decision<OpenedLine[]> {
  const { warehouseId, referenceId, reason, actor, requestId } = opening;
  const earlier = store.movements.of(referenceId, "receive");
  let changed = false;
  const lines = opening.lines.map(({ variantId, quantity }): OpenedLine => {
    const place = { variantId, warehouseId };
    const level = store.level(place);
    if (level.version > 0) {
      const isRepeat = earlier.some((each) => each.variantId === variantId && each.warehouseId === warehouseId);
      return { variantId, outcome: isRepeat ? "received" : "kept", onHand: level.onHand };
    }
    const cause = { kind: "receive", referenceType: "adjustment", referenceId, reason, actor, requestId, atMs: nowMs } as const;
    store.mustRecord(place, quantity, cause, level);
    changed = true;
    return { variantId, outcome: "received", onHand: quantity };
  });
  return { answer: lines, changed };
}
