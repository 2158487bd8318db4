import type { OrderRow, PaymentStatus } from "./order.ts";
import type { OrderStatus } from "./statuses.ts";

/** The order waits for its payment, and its units are kept: not paid yet, or the last attempt failed. */
export const UNPAID = ["pending", "failed"] as const satisfies readonly PaymentStatus[];

/** The order was paid, and not all of it was refunded. */
export const PAID = ["paid", "partially_refunded"] as const satisfies readonly PaymentStatus[];

/** Whether an order waits for its payment. */
export function isUnpaid(status: PaymentStatus): boolean {
  return (UNPAID as readonly PaymentStatus[]).includes(status);
}

/** Whether an order may be processed: it is paid, or cash on delivery. */
export function isSettled(status: PaymentStatus): boolean {
  return status === "cod" || (PAID as readonly PaymentStatus[]).includes(status);
}

/** Nothing is delivered any more, so all the money that is left is due back. */
const CLOSED: ReadonlySet<OrderStatus> = new Set(["CANCELLED", "EXPIRED", "RETURNED"]);

/**
 * The payment status of an order by its status and its sums. Money of a closed order is due until all of it is refunded; a partial
 * payment of a live one leaves it unpaid.
 */
export function paymentStatusOf({ status, paymentStatus, totalMinor, paidMinor, refundedMinor }: PaidRow): PaymentStatus {
  if (paidMinor === 0) return paymentStatus;
  const isAllBack = refundedMinor === paidMinor;
  if (CLOSED.has(status)) return isAllBack ? "refunded" : "refund_due";
  if (paidMinor < totalMinor) return paymentStatus;
  if (refundedMinor === 0) return "paid";
  return isAllBack ? "refunded" : "partially_refunded";
}

type PaidRow = Pick<OrderRow, "status" | "paymentStatus" | "totalMinor" | "paidMinor" | "refundedMinor">;
