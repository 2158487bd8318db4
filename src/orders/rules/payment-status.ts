import type { OrderRow, PaymentStatus } from "./order.ts";
import type { OrderStatus } from "./statuses.ts";

/** The order waits for its payment, and its units wait with it: nobody paid yet, or the last attempt failed. */
export const UNPAID = ["pending", "failed"] as const satisfies readonly PaymentStatus[];

/** The order was paid, and not all of it went back. */
export const PAID = ["paid", "partially_refunded"] as const satisfies readonly PaymentStatus[];

/** Whether an order waits for its payment. */
export function isUnpaid(status: PaymentStatus): boolean {
  return (UNPAID as readonly PaymentStatus[]).includes(status);
}

/** Whether an order may be handed over: it is paid, or will be at the door. */
export function isSettled(status: PaymentStatus): boolean {
  return status === "cod" || (PAID as readonly PaymentStatus[]).includes(status);
}

/** Nothing is handed over any more, so the shop owes all the money that it has. */
const CLOSED: ReadonlySet<OrderStatus> = new Set(["CANCELLED", "EXPIRED", "RETURNED"]);

/**
 * Tells how an order's payment stands, by its status and its sums. Money for an order that is closed is owed until all of it went
 * back; what came for a live one and is less than its total leaves it as unpaid as it was.
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
