import type { Query } from "../db/client.ts";
import type { Deps } from "../deps.ts";
import { closeAlert } from "../events/alert-queries.ts";
import { amountsOf } from "../orders/rules/amounts.ts";
import { heldOf } from "../orders/rules/payment-status.ts";
import type { Order } from "../orders/rules/order.ts";
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
  const { orderId } = order;
  const amountMinor = rows.reduce((sum, row) => sum + row.amountMinor, 0);
  const after = afterRefund(order, amountMinor, deps.nowMs());
  const also: Query<unknown>[] = [insertRefunds(rows)];
  if (amountsOf(after).refundDueMinor === 0) also.push(closeAlert("refund_due", orderId, after.updatedAtMs));
  if (heldOf(after) <= after.totalMinor - after.creditedMinor)
    also.push(closeAlert("payment_surplus", orderId, after.updatedAtMs));
  const data = {
    refund_id: refundId,
    amount: toMajor(amountMinor, deps.config.currencyDecimals),
  };
  const webhook = { type: "order.refunded" as const, eventId: `${refundId}:refunded`, data };
  return { verb: "refund", what: "refunded", note: rows[0]?.reason ?? null, amountMinor, after, also, webhook };
}
