import type { Minor } from "../../rules/money.ts";
import { nextUpdateMs } from "./move.ts";
import type { Order, PaymentStatus } from "./order.ts";
import { heldOf, isOpenToPayment, keptOf } from "./payment-status.ts";
import { needsOf } from "./share.ts";
import { movesFrom } from "./statuses.ts";
import type { OrderHistory } from "./timeline.ts";

/** Why an order that ended cannot go on. */
export type Obstacle = "hidden" | "being_supplied" | "refunded" | "disputed" | "nothing_left" | "rule_used_up" | "not_served";

const OBSTACLES: Readonly<Record<Obstacle, string>> = {
  hidden: "It was deleted.",
  being_supplied: "It was paid after it expired, and is being supplied.",
  refunded: "Money of it went back, or is on its way back.",
  disputed: "A dispute of its payment is open.",
  nothing_left: "Every unit of it was cancelled, left or came back.",
  not_served: "No warehouse supplies its address any more.",
  rule_used_up: "Others have taken the last use of a pricing rule that it has.",
};

export function obstacleText(obstacle: Obstacle): string {
  return OBSTACLES[obstacle];
}

/** How long an order waits from now on. */
export interface Terms {
  nowMs: number;
  paymentWindowMs: number;
  orderExpiryMs: number;
}

/**
 * Decides whether an order that was cancelled or expired goes on (S4): as it was sold, with what was cancelled of it by the line, and the money that
 * the shop has of it. It waits anew: to be paid where it was to be paid first and is not, and to be processed.
 * @returns the order before it has units; why it cannot; or `undefined` where it has not ended
 */
export function decideReopening(
  { order, returns }: Pick<OrderHistory, "order" | "returns">,
  { nowMs, paymentWindowMs, orderExpiryMs }: Terms,
): Order | { obstacle: Obstacle } | undefined {
  if (!movesFrom(order.status, "reopening").includes("PENDING")) return undefined;
  const obstacle = obstacleTo(order, returns.length > 0);
  if (obstacle) return { obstacle };
  const open = { ...order, status: "PENDING" as const };
  const paymentStatus = openPaymentStatus(open);
  return {
    ...open,
    paymentStatus,
    paymentDueAtMs: paymentStatus === "pending" ? nowMs + paymentWindowMs : null,
    dueAtMs: nowMs + orderExpiryMs,
    estimatedDeliveryAtMs: nowMs + order.estimatedDeliveryAtMs - order.createdAtMs,
    updatedAtMs: nextUpdateMs(order, nowMs),
  };
}

function obstacleTo(order: Order, hasReturns: boolean): Obstacle | undefined {
  if (order.deletedAtMs !== null) return "hidden";
  if (order.status === "EXPIRED" && order.paymentStatus === "paid") return "being_supplied";
  if (order.openDisputes > 0) return "disputed";
  // What a lost dispute took is among it. A refund that is on its way cannot be stopped.
  if (order.refundedMinor > 0) return "refunded";
  const hasLeft = hasReturns || order.fulfillmentStatus !== null;
  return hasLeft || needsOf(order.allocations).length === 0 ? "nothing_left" : undefined;
}

/** What the shop has of it counts again: it is paid, or the rest is to be paid as before. A free order waits for no payment. */
function openPaymentStatus(order: Order): PaymentStatus {
  const missingMinor: Minor = keptOf(order) - heldOf(order);
  if (order.paidMinor > 0 && missingMinor <= 0) return "paid";
  if (order.paidMinor === 0 && !isOpenToPayment(order.paymentStatus)) return "paid";
  return order.paymentMethod === "cod" ? "cod" : "pending";
}
