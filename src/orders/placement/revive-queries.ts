import { sql } from "drizzle-orm";
import { type Query, write } from "../../db/client.ts";
import type { ProjectedLevel } from "../../stock/projection/flush-statements.ts";
import { stockActions } from "../../stock/tables.ts";
import { insertAllocations, usesJson } from "../queries.ts";
import type { Order } from "../rules/order.ts";
import { fences, orderAllocations, orders, orderWarehouses } from "../tables.ts";

/**
 * Gives an order that has ended the units of a new hold, and its status after it (P1, S4). After a concurrent change or refund, or where the hold is
 * fenced or the order still has pending actions, the status becomes NULL, so that NOT NULL fails the whole batch.
 * @param before as it was read  @param after has the new hold and its allocations
 * @param options `isUnchanged`: nothing else of the order may have changed either, such as its money
 */
export function reviveOrder(
  before: Order,
  after: Order,
  levels: readonly ProjectedLevel[],
  nowMs: number,
  { isUnchanged = false } = {},
): Query<unknown>[] {
  const { orderId, holdId } = after;
  const unchanged = isUnchanged
    ? sql`updated_at_ms = CAST(${before.updatedAtMs} AS INTEGER)`
    : sql`refunded_minor = CAST(${before.refundedMinor} AS INTEGER)`;
  return [
    write(sql`
      UPDATE ${orders} SET
        status = iif(status IN ('CANCELLED', 'EXPIRED') AND status = ${before.status} AND payment_status = ${before.paymentStatus} AND deleted_at_ms IS NULL
          AND hold_id = ${before.holdId} AND ${unchanged}
          AND NOT EXISTS (SELECT 1 FROM ${fences} WHERE fences.id = ${holdId})
          AND NOT EXISTS (SELECT 1 FROM ${stockActions} WHERE stock_actions.order_id = ${orderId}),
          ${after.status}, NULL),
        payment_status = ${after.paymentStatus}, hold_id = ${holdId}, due_at_ms = ${after.dueAtMs},
        payment_due_at_ms = ${after.paymentDueAtMs}, rules_used = ${usesJson(after)},
        estimated_delivery_at_ms = CAST(${after.estimatedDeliveryAtMs} AS INTEGER),
        updated_at_ms = max(CAST(${after.updatedAtMs} AS INTEGER), updated_at_ms + 1)
      WHERE order_id = ${orderId}`),
    write(sql`
      DELETE FROM ${orderWarehouses} WHERE (warehouse_id, created_at_ms, order_id) IN (
        SELECT warehouse_id, CAST(${after.createdAtMs} AS INTEGER), ${orderId} FROM ${orderAllocations} WHERE order_id = ${orderId})`),
    write(sql`DELETE FROM ${orderAllocations} WHERE order_id = ${orderId}`),
    ...insertAllocations(after, levels, nowMs),
  ];
}
