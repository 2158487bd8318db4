import { nextUpdateMs } from "../../orders/rules/move.ts";
import type { OrderRow } from "../../orders/rules/order.ts";
import { heldOf } from "../../orders/rules/payment-status.ts";
import type { Minor } from "../../rules/money.ts";
import type { Money, PaymentRow } from "./payment.ts";
import { afterRefund, leftOf } from "./refund.ts";

/** `inquiry`: the bank asks, and has taken nothing; a refund may still settle it. `won` and `lost` are final, but for an appeal. */
export const DISPUTE_STATUSES = ["inquiry", "open", "won", "lost"] as const;
type DisputeStatus = (typeof DISPUTE_STATUSES)[number];

/** A customer's complaint at their bank about a payment. */
export interface DisputeRow {
  /** The provider's. */
  disputeId: string;
  orderId: string;
  paymentId: string;
  amountMinor: Minor;
  /** The provider's word for it, such as `fraudulent`. */
  reason: string;
  status: DisputeStatus;
  openedAtMs: number;
  closedAtMs: number | null;
  /** When the provider made the newest report that counted, in seconds. */
  reportedAtS: number;
}

/** A report of the provider about a dispute. */
export type DisputeReport = Omit<DisputeRow, "openedAtMs" | "closedAtMs">;

const OF_STRIPE: Readonly<Record<string, DisputeStatus>> = {
  warning_needs_response: "inquiry",
  warning_under_review: "inquiry",
  needs_response: "open",
  under_review: "open",
  won: "won",
  warning_closed: "won",
  prevented: "won",
  lost: "lost",
  // An appeal is about a dispute that was lost; until it is won the money is gone.
  appeal_needs_response: "lost",
  appeal_under_review: "lost",
};

/** Our status for Stripe's status of a dispute. Source: https://docs.stripe.com/api/disputes/object#dispute_object-status */
export function disputeStatusOf(stripeStatus: string): DisputeStatus {
  return OF_STRIPE[stripeStatus] ?? "open";
}

/**
 * Decides a dispute by a report; reports come twice, late and in any order. What has ended is not open again because of an older report, and
 * changes to its other end only by a newer one. A newer report of the same end counts too: a report from the time between says nothing then.
 * @returns `undefined` where the report says nothing new; of the same status where only its time is new
 */
export function decideDispute(known: DisputeRow | undefined, report: DisputeReport, nowMs: number): DisputeRow | undefined {
  const { status } = report;
  const closedAtMs = isEnd(status) ? nowMs : null;
  if (!known) return { ...report, openedAtMs: nowMs, closedAtMs };
  const isNewer = isEnd(status) && report.reportedAtS > known.reportedAtS;
  if (known.status === status) return isNewer ? { ...known, reportedAtS: report.reportedAtS } : undefined;
  if (status === "inquiry") return undefined;
  return isEnd(known.status) && !isNewer ? undefined : { ...known, ...report, closedAtMs };
}

function isEnd(status: DisputeStatus): boolean {
  return status === "won" || status === "lost";
}

/** What a dispute took for good: at most what is left of its payment. */
export function lossOf({ amountMinor }: DisputeRow, payment: PaymentRow, order: OrderRow, money: Money): Minor {
  const isCounted = payment.currency === order.currency;
  return isCounted ? Math.max(0, Math.min(amountMinor, leftOf(payment, money), heldOf(order))) : 0;
}

/**
 * An order after a change of one of its disputes. While one is open its payment status is as before; only its page says `disputed`, so that it
 * is as before where the dispute is won.
 * @param lossMinor what went back by it; below zero where that was won back
 */
export function afterDispute(
  order: OrderRow,
  before: DisputeRow | undefined,
  after: DisputeRow,
  lossMinor: Minor,
  nowMs: number,
): OrderRow {
  const wasOpen = before?.status === "open" ? 1 : 0;
  const openDisputes = Math.max(0, order.openDisputes - wasOpen) + (after.status === "open" ? 1 : 0);
  const moved = lossMinor === 0 ? { ...order, updatedAtMs: nextUpdateMs(order, nowMs) } : afterRefund(order, lossMinor, nowMs);
  return { ...moved, openDisputes };
}
