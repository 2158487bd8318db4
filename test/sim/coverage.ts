/** How often things were met, by what they are called. */
export type Met = Map<string, number>;

/**
 * What a campaign has to meet at least once each, under the rules of PROTOCOL that it is about: one that never met a fault, an answer or a
 * lost race proves nothing about it.
 */
const HAS_TO_BE_MET: Readonly<Record<string, readonly string[]>> = {
  faults: [
    ...["lost", "answer_lost", "late"].flatMap((fault) => [`fault: d1 ${fault}`, `fault: stock ${fault}`]),
    ...["stock twice", "worker dies", "object dies", "clock jumps"].map((fault) => `fault: ${fault}`),
  ],
  clients: ["client tries again", "order without key of which nobody knows", "night"],
  "O1, C4": ["reserve: reserved", "reserve: short", "reserve: ended", "reserve waits", "order split over warehouses"],
  "C5, C8, I1": [
    "order placed",
    "order replayed",
    refusedBy("orders.hold_id"),
    refusedBy("orders.order_id"),
    "refused: unresolved",
  ],
  C7: ["commit", "commits together"],
  "C4c, I3": ["refused: insufficient_stock", "refused: total_changed", refusedBy("pricing_rules_used")],
  K0: ["setCart: set", "setCart: short", "setCart: too_many", "extendCart", refusedBy("carts.edit_no"), "cart claimed"],
  "K2 to K7": ["convert: reserved", "convert: short", "convert: ended", "giveBack", "surplus freed", "cart checked out"],
  "K3, K6": ["refused: cart_checked_out", "refused: checking_out", "setCart: checking_out"],
  A2: ["fate: commit", "fate: keep", "fate: release", "fate: give_back"],
  S1: ["order CANCELLED", "order PROCESSING", "order COMPLETED", refusedBy("orders.status")],
  "O6, S2": ["return sellable", "return damaged", "restock", "bringIn"],
  "P0, P1": ["order paid", "money refunded", "late money: goods", "late money: refund"],
  transfers: ["dispatch: dispatched", "dispatch: units_reserved", "dispatch: ended", "takeBack", "transfer sent"],
  receipts: ["transfer received in part", "transfer received for good"],
  O8: ["stock receive", "stock damage", "stock issue", "stock count", "adjust: units_reserved", "adjust: not_as_expected"],
  purge: ["fences purged"],
};

/** Counts a batch that a constraint failed. */
export function refusedBy(constraint: string): string {
  return `D1 refuses: ${constraint}`;
}

/** Adds to what was met. */
export function count(met: Met, what: string, times = 1): void {
  met.set(what, (met.get(what) ?? 0) + times);
}

/** What a campaign did not meet although it has to. */
export function missing(met: Met): string[] {
  return Object.entries(HAS_TO_BE_MET).flatMap(([rule, whats]) =>
    whats.filter((what) => !met.has(what)).map((what) => `${what} (${rule})`),
  );
}
