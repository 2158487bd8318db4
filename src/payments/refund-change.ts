import type { Query } from "../db/client.ts";
import type { Deps } from "../deps.ts";
import { closeAlert } from "../events/alert-queries.ts";
import { amountsOf } from "../orders/rules/amounts.ts";
import { heldOf } from "../orders/rules/payment-status.ts";
import type { Order, OrderRow } from "../orders/rules/order.ts";
import type { OrderChange } from "../orders/lifecycle/write-order.ts";
import { toMajor } from "../rules/money.ts";
import { insertRefunds } from "./queries.ts";
import type { RefundRow } from "./rules/payment.ts";
import { afterRefund } from "./rules/refund.ts";

/**
 * The change of an order by a refund, in one batch: its rows, the order's sums, timeline and webhooks; alerts about it are closed.
 * @param rows the parts of one refund  @param refundId of the whole
 */
export function refundChange(deps: Deps, order: Order, refundId: string, rows: readonly RefundRow[]): OrderChange {
  const amountMinor = rows.reduce((sum, row) => sum + row.amountMinor, 0);
  const after = afterRefund(order, amountMinor, deps.nowMs());
  const also: Query<unknown>[] = [insertRefunds(rows), ...closeSettled(after)];
  const data = {
    refund_id: refundId,
    amount: toMajor(amountMinor, deps.config.currencyDecimals),
  };
  const webhook = { type: "order.refunded" as const, eventId: `${refundId}:refunded`, data };
  return { verb: "refund", what: "refunded", note: rows[0]?.reason ?? null, amountMinor, after, also, webhook };
}

/** Closes the alerts about money that is no longer owed to the customer. */
export function closeSettled(after: OrderRow): Query<unknown>[] {
  const { orderId, updatedAtMs: atMs } = after;
  const isCovered = heldOf(after) <= after.totalMinor - after.creditedMinor;
  return [
    ...(amountsOf(after).refundDueMinor === 0 ? [closeAlert("refund_due", orderId, atMs)] : []),
    ...(isCovered ? [closeAlert("payment_surplus", orderId, atMs)] : []),
  ];
}
