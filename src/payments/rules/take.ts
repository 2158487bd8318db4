import type { AlertKind } from "../../events/rules/alert.ts";
import { amountsOf } from "../../orders/rules/amounts.ts";
import { nextUpdateMs } from "../../orders/rules/move.ts";
import type { OrderRow } from "../../orders/rules/order.ts";
import { heldOf, isOpenToPayment, isUnpaid, paymentStatusOf } from "../../orders/rules/payment-status.ts";
import type { OrderStatus } from "../../orders/rules/statuses.ts";
import type { Minor } from "../../rules/money.ts";
import type { Payment } from "./payment.ts";

/** How long the Worker that took a late payment has to settle it, before the sweep does. */
const SETTLE_MS = 60_000;

const LIVE: ReadonlySet<OrderStatus> = new Set(["PENDING", "PROCESSING", "COMPLETED"]);

export type Taken =
  | { outcome: "taken"; after: OrderRow; isPaidNow: boolean; alert: AlertKind | undefined }
  /** It does not count, because its currency is not the order's. */
  | { outcome: "stray" }
  | { outcome: "refused"; code: "payment_mismatch" | "already_paid" | "payment_not_due"; dueMinor: Minor };

/**
 * What a payment of an order has to come to: of a live one what is due; else what it would have cost, because its money counts and is
 * refunded, or it is supplied late.
 */
export function dueOf(order: OrderRow): Minor {
  if (LIVE.has(order.status)) return amountsOf(order).amountDueMinor;
  const costMinor = order.status === "EXPIRED" ? order.totalMinor - order.creditedMinor : order.totalMinor;
  return Math.max(0, costMinor - heldOf(order));
}

/**
 * Decides the effect of a payment on an order. A manual confirmation may be refused; money that a provider has is a fact, so it is taken
 * and an alert reports what is wrong with it. An expired order becomes `paid` and due: it has to be settled (P0, P1).
 */
export function decidePayment(order: OrderRow, { provider, amountMinor, currency }: Payment, nowMs: number): Taken {
  const isFact = provider !== "manual";
  const dueMinor = dueOf(order);
  const isDue = LIVE.has(order.status) ? isOpenToPayment(order.paymentStatus) : dueMinor > 0;
  // Everything has come back, so whoever confirms a payment now mistakes the order.
  if (!isFact && isDue && order.status === "RETURNED") return { outcome: "refused", code: "payment_not_due", dueMinor: 0 };
  if (!isFact && !isDue) return { outcome: "refused", code: "already_paid", dueMinor };
  const isExact = amountMinor === dueMinor && currency === order.currency;
  if (!isFact && !isExact) return { outcome: "refused", code: "payment_mismatch", dueMinor };
  if (currency !== order.currency) return { outcome: "stray" };
  const paid = { ...order, paidMinor: order.paidMinor + amountMinor, updatedAtMs: nextUpdateMs(order, nowMs) };
  const isEnough = amountMinor >= dueMinor;
  const alert = amountMinor > dueMinor ? "payment_surplus" : isEnough ? undefined : "payment_mismatch";
  return { outcome: "taken", after: withPaymentStatus(paid, isDue && isEnough, nowMs), isPaidNow: isDue && isEnough, alert };
}

function withPaymentStatus(order: OrderRow, isPaidNow: boolean, nowMs: number): OrderRow {
  if (isUnsettled(order)) return order;
  if (!isPaidNow) return { ...order, paymentStatus: paymentStatusOf(order) };
  if (order.status === "EXPIRED") return { ...order, paymentStatus: "paid", dueAtMs: nowMs + SETTLE_MS };
  // An earlier payment of a part may have gone back; an order that costs nothing is paid by nothing.
  const settled = LIVE.has(order.status) ? { ...order, paymentStatus: "paid" as const } : order;
  return { ...order, paymentStatus: paymentStatusOf(settled) };
}

/** Whether an order was paid after it expired, and got neither units nor a refund yet. */
export function isUnsettled({ status, paymentStatus }: OrderRow): boolean {
  return status === "EXPIRED" && paymentStatus === "paid";
}

/** Decides the effect of a failed payment on an order; `undefined` where it is paid, or not waiting for payment. */
export function decideFailure(order: OrderRow, nowMs: number): OrderRow | undefined {
  if (order.status !== "PENDING" || order.paymentStatus !== "pending") return undefined;
  return { ...order, paymentStatus: "failed", updatedAtMs: nextUpdateMs(order, nowMs) };
}

/** Whether an order can be paid now: it waits for payment, and its window is open. */
export function isPayable({ status, paymentStatus, paymentDueAtMs }: OrderRow, nowMs: number): boolean {
  return status === "PENDING" && isUnpaid(paymentStatus) && paymentDueAtMs !== null && paymentDueAtMs > nowMs;
}
