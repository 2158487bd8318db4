import type { OrderRow } from "./order.ts";
import { isSettled, paymentStatusOf } from "./payment-status.ts";
import { movesFrom, type OrderStatus } from "./statuses.ts";

/** What a move depends on beside the order's row. */
export interface MoveFacts {
  hasReturns: boolean;
  nowMs: number;
}

export type MoveDecision = { after: OrderRow } | { refused: string; possible: OrderStatus[] };

/**
 * Decides a move by hand.
 * @returns the row after it, or why not and where the order could go instead
 */
export function decideMove(order: OrderRow, to: OrderStatus, facts: MoveFacts): MoveDecision {
  const moves = movesFrom(order.status, "hand");
  const possible = moves.filter((each) => obstacle(order, each, facts) === undefined);
  if (!moves.includes(to)) return { refused: `An order that is ${order.status} cannot become ${to}.`, possible };
  const refused = obstacle(order, to, facts);
  if (refused !== undefined) return { refused, possible };
  const paymentStatus = paymentStatusOf({ ...order, status: to });
  const rulesUsed = to === "CANCELLED" ? [] : order.rulesUsed;
  return {
    after: { ...order, status: to, paymentStatus, rulesUsed, dueAtMs: null, updatedAtMs: nextUpdateMs(order, facts.nowMs) },
  };
}

/** The time of a change: two within one millisecond still differ, which the guard of the UPDATE relies on. */
export function nextUpdateMs(order: Pick<OrderRow, "updatedAtMs">, nowMs: number): number {
  return Math.max(nowMs, order.updatedAtMs + 1);
}

function obstacle(order: OrderRow, to: OrderStatus, { hasReturns }: MoveFacts): string | undefined {
  if (to === "PROCESSING" && !isSettled(order.paymentStatus)) return "An order that is not paid cannot be processed.";
  // A cancellation restocks the whole sale, so cancellations and returns exclude each other (S1).
  if (to === "CANCELLED" && hasReturns) return "An order of which something came back cannot be cancelled.";
  return undefined;
}
