import { type SQL, sql } from "drizzle-orm";
import { type Query, write } from "../../db/client.ts";
import { alerts } from "../../events/tables.ts";
import { sweepMarks } from "../sweep-tables.ts";
import { orders } from "../tables.ts";
import { majorOf } from "./expired-queries.ts";

const KIND = "order_expires_soon";

/**
 * Raises an alert about each cash order that expires within a time, once: a mark says up to which due time that was done, so that a run reads only
 * orders that have come within the time since. D1 closes the alert once the order does not expire then (migration 0021).
 * @param leadMs how long before  @param limit the most orders that one run handles; the rest waits for the next
 */
export function warnQueries(
  { leadMs, limit, decimals }: { leadMs: number; limit: number; decimals: number },
  nowMs: number,
): Query<number>[] {
  const at = sql`CAST(${nowMs} AS INTEGER)`;
  const upper = sql`CAST(${nowMs + leadMs} AS INTEGER)`;
  // A mark beyond the time was set while the time was longer.
  const from = sql`max(${at}, coalesce(min((SELECT at_ms FROM ${sweepMarks} WHERE step = ${KIND}), ${upper}), ${at}))`;
  const last = sql`coalesce((SELECT o.due_at_ms FROM ${orders} o WHERE o.due_at_ms > ${from} AND o.due_at_ms <= ${upper}
    ORDER BY o.due_at_ms LIMIT 1 OFFSET ${limit - 1}), ${upper})`;
  const isNear = sql`orders.due_at_ms > ${from} AND orders.due_at_ms <= ${last}`;
  return [
    write(sql`
      INSERT OR IGNORE INTO ${alerts} (opened_at_ms, alert_id, kind, subject, details)
      SELECT ${at}, ${`${KIND}:`} || orders.order_id, ${KIND}, orders.order_id, ${detailsOf(decimals)}
      FROM ${orders} WHERE ${isNear} AND +orders.status = 'PENDING' AND +orders.payment_status = 'cod'`),
    write(sql`
      INSERT INTO ${sweepMarks} (step, at_ms)
      SELECT ${KIND}, max(orders.due_at_ms) FROM ${orders} WHERE ${isNear} HAVING count(*) > 0
      ON CONFLICT DO UPDATE SET at_ms = excluded.at_ms`),
  ];
}

function detailsOf(decimals: number): SQL {
  return sql`json_object('customer_name', orders.customer_name, 'total', ${majorOf(sql`orders.total_minor`, decimals)}, 'currency', orders.currency,
    'expires_at', strftime('%Y-%m-%dT%H:%M:%fZ', orders.due_at_ms / 1000.0, 'unixepoch'))`;
}
