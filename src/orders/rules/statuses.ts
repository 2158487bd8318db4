/** What moves an order to another status: a user, the last shipment, a return of all units, expiry, a payment after expiry, or staff who reopen it. */
type Cause = "hand" | "shipment" | "return" | "time" | "late_money" | "reopening";

/** All moves. They are guarded in the UPDATE; anything else is refused as `illegal_transition` (S1, A1, P1, S4). */
const MOVES = {
  PENDING: { PROCESSING: "hand", COMPLETED: "shipment", CANCELLED: "hand", EXPIRED: "time" },
  PROCESSING: { COMPLETED: "hand", CANCELLED: "hand", RETURNED: "return" },
  COMPLETED: { RETURNED: "return" },
  CANCELLED: { PENDING: "reopening" },
  EXPIRED: { PENDING: "reopening", PROCESSING: "late_money", CANCELLED: "late_money" },
  RETURNED: {},
} as const satisfies Record<string, Readonly<Record<string, Cause>>>;

export type OrderStatus = keyof typeof MOVES;

export const ORDER_STATUSES = Object.keys(MOVES) as [OrderStatus, ...OrderStatus[]];

/** The statuses that an order can reach from a status by some cause. */
export function movesFrom(status: OrderStatus, cause: Cause): OrderStatus[] {
  const moves: Partial<Record<OrderStatus, Cause>> = MOVES[status];
  return ORDER_STATUSES.filter((to) => moves[to] === cause);
}

/** Whether an order of a status can still be cancelled. */
export function isOpen(status: OrderStatus): boolean {
  return movesFrom(status, "hand").includes("CANCELLED");
}
