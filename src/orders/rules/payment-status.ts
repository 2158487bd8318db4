import type { Minor } from "../../rules/money.ts";
import type { OrderRow, PaymentStatus } from "./order.ts";
import type { OrderStatus } from "./statuses.ts";

/** The sums of an order. */
export type SummedRow = Pick<
  OrderRow,
  "status" | "paymentStatus" | "totalMinor" | "creditedMinor" | "paidMinor" | "refundedMinor"
>;

/** The order waits for its payment, and its units are kept: not paid yet, or the last attempt failed. */
export const UNPAID = ["pending", "failed"] as const satisfies readonly PaymentStatus[];

/** The order was paid, and not all of it was refunded. */
export const PAID = ["paid", "partially_refunded"] as const satisfies readonly PaymentStatus[];

/** Whether an order waits for its payment. */
export function isUnpaid(status: PaymentStatus): boolean {
  return (UNPAID as readonly PaymentStatus[]).includes(status);
}

/** Whether a payment of an order is still to come: it waits for it, or is paid on delivery. */
export function isOpenToPayment(status: PaymentStatus): boolean {
  return isUnpaid(status) || status === "cod";
}

/** Whether an order may be processed: it is paid, or cash on delivery. */
export function isSettled(status: PaymentStatus): boolean {
  return status === "cod" || (PAID as readonly PaymentStatus[]).includes(status);
}

/** Nothing is delivered any more, so all the money that is left is due back. */
const CLOSED: ReadonlySet<OrderStatus> = new Set(["CANCELLED", "EXPIRED", "RETURNED"]);

function isClosed(status: OrderStatus): boolean {
  return CLOSED.has(status);
}

/** What the customer keeps costs: nothing where the order is closed, except that one that was paid late is still to be supplied. */
export function keptOf({
  status,
  paymentStatus,
  totalMinor,
  creditedMinor,
}: Omit<SummedRow, "paidMinor" | "refundedMinor">): Minor {
  const isLate = status === "EXPIRED" && paymentStatus === "paid";
  return isClosed(status) && !isLate ? 0 : totalMinor - creditedMinor;
}

/** What was paid for an order and not refunded. */
export function heldOf({ paidMinor, refundedMinor }: Pick<OrderRow, "paidMinor" | "refundedMinor">): Minor {
  return paidMinor - refundedMinor;
}

/**
 * The payment status of an order by its status and its sums. Money of a closed order is due until all of it is refunded; a partial
 * payment of a live one leaves it unpaid. What a live one owes its customer is an amount, not a status: it goes on.
 */
export function paymentStatusOf(order: SummedRow): PaymentStatus {
  const { status, paymentStatus, paidMinor, refundedMinor } = order;
  if (paidMinor === 0) return paymentStatus;
  const isAllBack = refundedMinor === paidMinor;
  if (isClosed(status)) return isAllBack ? "refunded" : "refund_due";
  if (isOpenToPayment(paymentStatus) && heldOf(order) < keptOf(order)) return paymentStatus;
  if (refundedMinor === 0) return "paid";
  return isAllBack ? "refunded" : "partially_refunded";
}
