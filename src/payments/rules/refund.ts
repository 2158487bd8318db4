import { nextUpdateMs } from "../../orders/rules/move.ts";
import type { OrderRow } from "../../orders/rules/order.ts";
import { paymentStatusOf } from "../../orders/rules/payment-status.ts";
import type { Minor } from "../../rules/money.ts";
import { DISPUTE_PREFIX, type Money, type PaymentRow } from "./payment.ts";
import { dueOf, isUnsettled } from "./take.ts";

/** A part of a refund: what is refunded of one payment. */
export interface RefundPart {
  payment: PaymentRow;
  amountMinor: Minor;
}

/**
 * Distributes a refund over an order's payments, the oldest first.
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

/** What is left of a payment after refunds, made or on their way. */
export function leftOf(payment: PaymentRow, money: Money): Minor {
  return payment.amountMinor - refundedOf(payment, money);
}

function refundedOf({ paymentId }: PaymentRow, { refunds }: Money): Minor {
  return refunds
    .filter((refund) => refund.paymentId === paymentId && refund.status !== "failed")
    .reduce((sum, refund) => sum + refund.amountMinor, 0);
}

/**
 * What was refunded at the provider and is not recorded here.
 * @param refundedMinor all that the provider refunded of the payment so far; its events may arrive in any order
 */
export function unrecordedRefund(payment: PaymentRow, money: Money, refundedMinor: Minor): Minor {
  // A refund that failed at the provider counted there until then, and an event may be from the time before.
  const mayCount = money.refunds.filter(
    ({ paymentId, status, providerReference }) =>
      paymentId === payment.paymentId && status === "failed" && providerReference !== null,
  );
  const failed = mayCount.reduce((sum, refund) => sum + refund.amountMinor, 0);
  const asRefunds = { ...money, refunds: money.refunds.filter(({ refundId }) => !refundId.startsWith(DISPUTE_PREFIX)) };
  const unrecorded = Math.min(refundedMinor, payment.amountMinor) - refundedOf(payment, asRefunds) - failed;
  return Math.max(0, Math.min(unrecorded, leftOf(payment, money)));
}

/**
 * An order after a refund, or, below zero, after a failed one. A live order is `partially_refunded` until nothing is left; of a closed
 * one the rest stays due until then. A late payment that no longer covers the price is not settled with units.
 */
export function afterRefund(order: OrderRow, amountMinor: Minor, nowMs: number): OrderRow {
  const after = { ...order, refundedMinor: order.refundedMinor + amountMinor, updatedAtMs: nextUpdateMs(order, nowMs) };
  if (isUnsettled(order) && dueOf(after) === 0) return after;
  return { ...after, paymentStatus: paymentStatusOf(after), dueAtMs: order.status === "EXPIRED" ? null : order.dueAtMs };
}
