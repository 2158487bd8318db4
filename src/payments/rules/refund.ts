import { nextUpdateMs } from "../../orders/rules/move.ts";
import type { OrderRow } from "../../orders/rules/order.ts";
import { paymentStatusOf } from "../../orders/rules/payment-status.ts";
import type { Minor } from "../../rules/money.ts";
import type { Money, PaymentRow } from "./payment.ts";
import { dueOf, isUnsettled } from "./take.ts";

/** A part of a refund: what goes back to where one payment came from. */
export interface RefundPart {
  payment: PaymentRow;
  amountMinor: Minor;
}

/** What of an order's money is still with the shop. */
export function heldOf({ paidMinor, refundedMinor }: OrderRow): Minor {
  return paidMinor - refundedMinor;
}

/**
 * Shares a refund out among an order's payments, the oldest first.
 * @param amountMinor at most what is held
 */
export function partsOf(order: OrderRow, money: Money, amountMinor: Minor): RefundPart[] {
  const parts: RefundPart[] = [];
  let missing = amountMinor;
  for (const payment of money.payments) {
    const amount = payment.currency === order.currency ? Math.min(missing, leftOf(payment, money)) : 0;
    if (amount <= 0) continue;
    missing -= amount;
    parts.push({ payment, amountMinor: amount });
  }
  return parts;
}

/** What of a payment did not go back, and is not on its way. */
export function leftOf(payment: PaymentRow, money: Money): Minor {
  return payment.amountMinor - backOf(payment, money);
}

function backOf({ paymentId }: PaymentRow, { refunds }: Money): Minor {
  return refunds
    .filter((refund) => refund.paymentId === paymentId && refund.status !== "failed")
    .reduce((sum, refund) => sum + refund.amountMinor, 0);
}

/**
 * What went back at the provider and is not known here.
 * @param backMinor all that the provider gave back of the payment so far, which is what it tells, and in any order
 */
export function unknownBack(payment: PaymentRow, money: Money, backMinor: Minor): Minor {
  // What failed at the provider counted there until it did, and an event may tell of the time before.
  const mayCount = money.refunds.filter(
    ({ paymentId, status, providerReference }) =>
      paymentId === payment.paymentId && status === "failed" && providerReference !== null,
  );
  const failed = mayCount.reduce((sum, refund) => sum + refund.amountMinor, 0);
  return Math.max(0, Math.min(backMinor, payment.amountMinor) - backOf(payment, money) - failed);
}

/**
 * An order after money went back, or, below zero, did not after all. What a live order was paid is `partially_refunded` until nothing
 * is left; what a closed one was paid stays due until then. Where late money is not the order's price any more, no goods are sought.
 */
export function afterRefund(order: OrderRow, amountMinor: Minor, nowMs: number): OrderRow {
  const after = { ...order, refundedMinor: order.refundedMinor + amountMinor, updatedAtMs: nextUpdateMs(order, nowMs) };
  if (isUnsettled(order) && dueOf(after) === 0) return after;
  return { ...after, paymentStatus: paymentStatusOf(after), dueAtMs: order.status === "EXPIRED" ? null : order.dueAtMs };
}
