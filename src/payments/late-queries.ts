import { sql } from "drizzle-orm";
import { type Query, rows } from "../db/client.ts";
import { orders } from "../orders/tables.ts";

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
