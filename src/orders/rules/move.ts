import type { OrderRow } from "./order.ts";
import { isSettled, paymentStatusOf } from "./payment-status.ts";
import { isOpen, movesFrom, type OrderStatus } from "./statuses.ts";

/** What a move depends on besides the order's row. */
export interface MoveFacts {
  hasReturns: boolean;
  nowMs: number;
}

export type MoveDecision = { after: OrderRow } | { refused: string; possible: OrderStatus[] };

/**
 * Decides a manual move.
 * @returns the row after it, or the reason against it and the statuses that are possible instead
 */
export function decideMove(order: OrderRow, to: OrderStatus, facts: MoveFacts): MoveDecision {
  const moves = movesFrom(order.status, "hand");
  const possible = moves.filter((each) => obstacle(order, each, facts) === undefined);
  if (!moves.includes(to)) return { refused: `An order that is ${order.status} cannot become ${to}.`, possible };
  const refused = obstacle(order, to, facts);
  if (refused !== undefined) return { refused, possible };
  const paymentStatus = paymentStatusOf({ ...order, status: to });
  const rulesUsed = to === "CANCELLED" ? [] : order.rulesUsed;
  const fulfillmentStatus = to === "COMPLETED" ? "fulfilled" : order.fulfillmentStatus;
  return {
    after: {
      ...order,
      status: to,
      paymentStatus,
      rulesUsed,
      fulfillmentStatus,
      stockShort: order.stockShort && isOpen(to),
      dueAtMs: null,
      updatedAtMs: nextUpdateMs(order, facts.nowMs),
    },
  };
}

/** The time of a change. Two within one millisecond still differ: the guard of the UPDATE relies on it. */
export function nextUpdateMs(order: Pick<OrderRow, "updatedAtMs">, nowMs: number): number {
  return Math.max(nowMs, order.updatedAtMs + 1);
}

function obstacle(order: OrderRow, to: OrderStatus, { hasReturns }: MoveFacts): string | undefined {
  if (to === "PROCESSING" && !isSettled(order.paymentStatus)) return "An unpaid order cannot be processed.";
  if (to === "CANCELLED" && order.fulfillmentStatus !== null)
    return "A part of the order has left; POST …/cancel cancels what has not.";
  // Cancelling frees all units of the order, so returns and cancellation exclude each other (S1).
  if (to === "CANCELLED" && hasReturns) return "An order with returns cannot be cancelled.";
  return undefined;
}
