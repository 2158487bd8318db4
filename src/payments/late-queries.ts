import { sql } from "drizzle-orm";
import { type Query, rows, write } from "../db/client.ts";
import { insertAllocations } from "../orders/queries.ts";
import type { Order } from "../orders/rules/order.ts";
import { fences, orderAllocations, orders, orderWarehouses } from "../orders/tables.ts";
import type { ProjectedLevel } from "../stock/projection/flush-statements.ts";
import { stockActions } from "../stock/tables.ts";

/**
 * Leases orders that expired and were paid late, longest due first, to this run until a time. Their status says that they are not
 * settled; the time is only the lease, and the sweep of release 0.2.0 clears it.
 */
export function leaseLate(nowMs: number, untilMs: number, limit: number): Query<{ orderId: string }[]> {
  return rows(sql`
    UPDATE ${orders} SET due_at_ms = CAST(${untilMs} AS INTEGER) WHERE order_id IN (
      SELECT order_id FROM ${orders} INDEXED BY orders_late
      WHERE status = 'EXPIRED' AND payment_status = 'paid' AND (due_at_ms IS NULL OR due_at_ms <= CAST(${nowMs} AS INTEGER))
      ORDER BY due_at_ms LIMIT ${limit})
    RETURNING order_id AS "orderId"`);
}

/**
 * Gives an order that was paid late the units of a new hold (P1). After a concurrent change, or where the hold is fenced or the order
 * still has pending actions, the status becomes NULL, so that NOT NULL fails the whole batch.
 * @param before as it was read  @param after has the new hold and its allocations
 */
export function reviveOrder(before: Order, after: Order, levels: readonly ProjectedLevel[], nowMs: number): Query<unknown>[] {
  const { orderId, holdId } = after;
  return [
    write(sql`
      UPDATE ${orders} SET
        status = iif(status = 'EXPIRED' AND payment_status = 'paid' AND deleted_at_ms IS NULL AND hold_id = ${before.holdId}
          AND NOT EXISTS (SELECT 1 FROM ${fences} WHERE fences.id = ${holdId})
          AND NOT EXISTS (SELECT 1 FROM ${stockActions} WHERE stock_actions.order_id = ${orderId}),
          ${after.status}, NULL),
        payment_status = 'paid', hold_id = ${holdId}, due_at_ms = NULL,
        updated_at_ms = max(CAST(${after.updatedAtMs} AS INTEGER), updated_at_ms + 1)
      WHERE order_id = ${orderId}`),
    write(sql`
      DELETE FROM ${orderWarehouses} WHERE (warehouse_id, created_at_ms, order_id) IN (
        SELECT warehouse_id, CAST(${after.createdAtMs} AS INTEGER), ${orderId} FROM ${orderAllocations} WHERE order_id = ${orderId})`),
    write(sql`DELETE FROM ${orderAllocations} WHERE order_id = ${orderId}`),
    ...insertAllocations(after, levels, nowMs),
  ];
}
