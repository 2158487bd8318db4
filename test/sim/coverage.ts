/** How often each situation was reached, by its name. */
export type Coverage = Map<string, number>;

/**
 * The situations that a campaign must reach at least once, by the rules of the protocol that they exercise: a campaign that never reached
 * a fault, an answer or a lost race proves nothing about it.
 */
const REQUIRED: Readonly<Record<string, readonly string[]>> = {
  faults: [
    ...["lost", "answer_lost", "late"].flatMap((fault) => [`fault: d1 ${fault}`, `fault: stock ${fault}`]),
    ...["stock twice", "worker dies", "object dies", "clock jumps"].map((fault) => `fault: ${fault}`),
  ],
  clients: ["client retries", "keyless order with unknown outcome", "long outage"],
  "O1, C4": ["reserve: reserved", "reserve: short", "reserve: ended", "reserve waits", "order split over warehouses"],
  "C5, C8, I1": [
    "order placed",
    "order replayed",
    refusedBy("orders.hold_id"),
    refusedBy("orders.order_id"),
    "refused: unresolved",
  ],
  C7: ["commit", "commits together"],
  "C4c, I3": [
    "refused: insufficient_stock",
    "refused: total_changed",
    "refused: hold_share_exceeded",
    refusedBy("pricing_rules_used"),
  ],
  K0: ["setCart: set", "setCart: short", "setCart: too_many", "extendCart", refusedBy("carts.edit_no"), "cart claimed"],
  "K2 to K7": ["convert: reserved", "convert: short", "convert: ended", "giveBack", "surplus freed", "cart checked out"],
  "K3, K6": ["refused: cart_checked_out", "refused: checking_out", "setCart: checking_out"],
  A2: ["verdict: commit", "verdict: keep", "verdict: release", "verdict: give_back"],
  S1: ["order CANCELLED", "order PROCESSING", "order COMPLETED", refusedBy("orders.status")],
  O6: ["return sellable", "return damaged", "return to a warehouse that supplied nothing"],
  "O6, S1": [
    "return requested",
    "requested return received",
    "requested return received in part",
    "requested return rejected",
    "requested return closed meanwhile",
  ],
  "O6, S2": ["cancelHold", "bringIn"],
  O10: ["cancelUnits", "cancelled in part: PENDING", "cancelled in part: PROCESSING", "cancelled in part: COMPLETED"],
  "O9, S3": ["ship", "a shipment of a part", "the last shipment", "count while a shipment is pending"],
  "P0, P1": ["order paid", "money refunded", "late payment: goods", "late payment: refund"],
  S4: ["reopened: CANCELLED", "reopened: EXPIRED", "not reopened: short"],
  disputes: [
    "order paid by Stripe",
    "event of Stripe twice",
    "refused: dispute_open",
    "reports of a dispute in any order",
    "dispute: needs_response, won",
    "dispute: needs_response, lost",
    "dispute: needs_response, lost, won",
    "dispute: needs_response, lost, won, lost",
    "dispute: warning_needs_response, warning_closed",
    "dispute: warning_needs_response, needs_response, lost",
    "disputed order",
    "dispute of a closed order",
    "lost dispute of a refunded payment",
    "dispute before its payment",
  ],
  transfers: ["dispatch: dispatched", "dispatch: units_reserved", "dispatch: ended", "takeBack", "transfer sent"],
  receipts: ["transfer received in part", "transfer received completely"],
  F4: ["flush before the answer"],
  "F5, O13, S5": [
    "products imported",
    "openStock",
    "opening stock: opening",
    "opening stock: none",
    "opening stock: same",
    "opening stock: kept",
  ],
  recalls: ["transfer recalled", "the rest of a transfer recalled"],
  O8: ["stock receive", "stock damage", "stock issue", "stock count", "adjust: units_reserved", "adjust: not_as_expected"],
  O11: ["orders cut", "nothing to cut"],
  O12: ["allocate", "allocated to an order that was short"],
  purge: ["fences purged"],
};

/** The name of a batch that a constraint made fail. */
export function refusedBy(constraint: string): string {
  return `D1 refuses: ${constraint}`;
}

/** Counts a situation as reached. */
export function addCoverage(coverage: Coverage, what: string, times = 1): void {
  coverage.set(what, (coverage.get(what) ?? 0) + times);
}

/** The required situations that a campaign did not reach, with their rules. */
export function uncovered(coverage: Coverage): string[] {
  return Object.entries(REQUIRED).flatMap(([rules, whats]) =>
    whats.filter((what) => !coverage.has(what)).map((what) => `${what} (${rules})`),
  );
}
