/** What can bring an order from one status to another: somebody by hand, goods that came back, time, or money after the time was over. */
type Cause = "hand" | "return" | "time" | "late_money";

/** All moves. Each is guarded in its UPDATE; anything else is refused as `illegal_transition` (S1, A1, P1). */
const MOVES = {
  PENDING: { PROCESSING: "hand", CANCELLED: "hand", EXPIRED: "time" },
  PROCESSING: { COMPLETED: "hand", CANCELLED: "hand", RETURNED: "return" },
  COMPLETED: { RETURNED: "return" },
  CANCELLED: {},
  EXPIRED: { PROCESSING: "late_money", CANCELLED: "late_money" },
  RETURNED: {},
} as const satisfies Record<string, Readonly<Record<string, Cause>>>;

export type OrderStatus = keyof typeof MOVES;

export const ORDER_STATUSES = Object.keys(MOVES) as [OrderStatus, ...OrderStatus[]];

/** Where an order may go from a status by some cause. */
export function movesFrom(status: OrderStatus, cause: Cause): OrderStatus[] {
  const moves: Partial<Record<OrderStatus, Cause>> = MOVES[status];
  return ORDER_STATUSES.filter((to) => moves[to] === cause);
}

/** Whether an order of a status still can be cancelled. */
export function isOpen(status: OrderStatus): boolean {
  return movesFrom(status, "hand").includes("CANCELLED");
}
