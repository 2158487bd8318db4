import { type SQL, sql } from "drizzle-orm";
import { type Query, rows, write } from "../../db/client.ts";
import { insertDeliveries } from "../../events/outbox-statements.ts";
import { alerts } from "../../events/tables.ts";
import { carts } from "../../carts/tables.ts";
import { returnUses } from "../../pricing/use-queries.ts";
import { stockActions } from "../../stock/tables.ts";
import type { HoldRef, HoldOrder } from "../rules/hold-resolution.ts";
import { PAID, UNPAID } from "../rules/payment-status.ts";
import { orderEvents } from "../history-tables.ts";
import { EXPIRED_PAYMENT_STATUS, expiredAt, expiredPayload, HELD, majorOf } from "./expired-queries.ts";
import { fences, orderAllocations, orders } from "../tables.ts";

/**
 * The one batch of an alarm (A1): orders whose payment window has ended are marked EXPIRED and owe the end of their hold; every given hold that
 * its order does not record is fenced, a checkout's by its cart's generation; the rows are read last. Checkouts that share a hold may
 * have asked for different products: an order has the hold's units of its own products only.
 */
export function resolveQueries(productId: string, refs: readonly HoldRef[], decimals: number, nowMs: number) {
  const holds = sql`json_each(${JSON.stringify(refs)}) AS given`;
  const orderId = sql`coalesce(given.value->>'orderId', (SELECT order_id FROM ${carts} WHERE cart_id = given.value->>'cartId'))`;
  const recorded = sql`orders.order_id = ${orderId} AND orders.hold_id = given.value->>'holdId'`;
  const unpaid = sql`orders.payment_status IN ${UNPAID} AND orders.payment_due_at_ms <= ${nowMs}`;
  return {
    expire: expireOrders(holds, sql`${recorded} AND ${unpaid}`, decimals, nowMs),
    fence: write(sql`
      INSERT OR IGNORE INTO ${fences} (id, answer, at_ms)
      SELECT given.value->>'holdId', NULL, CAST(${nowMs} AS INTEGER) FROM ${holds}
      WHERE given.value->>'orderId' IS NOT NULL AND NOT EXISTS (SELECT 1 FROM orders WHERE ${recorded})`),
    endGenerations: write(sql`
      UPDATE ${carts} SET generation = carts.generation + 1 FROM ${holds}
      WHERE carts.cart_id = given.value->>'cartId' AND carts.generation = given.value->>'generation' AND carts.order_id IS NULL`),
    orders: rows<HoldOrder>(sql`
      SELECT orders.order_id AS "orderId", orders.hold_id AS "holdId", orders.status AS "status",
        orders.payment_status AS "paymentStatus", orders.payment_due_at_ms AS "paymentDueAtMs"
      FROM ${holds} CROSS JOIN orders ON ${recorded}
      WHERE given.value->>'cartId' IS NULL OR EXISTS (
        SELECT 1 FROM ${orderAllocations} a WHERE a.order_id = orders.order_id AND a.product_id = ${productId})`),
  };
}

/** Orders that are due in the sweep, longest due first, without expired ones that were paid late: `settleDue` handles those. */
export function findDue(nowMs: number, limit: number): Query<{ orderId: string }[]> {
  return rows(sql`
    SELECT order_id AS "orderId" FROM ${orders} WHERE due_at_ms <= CAST(${nowMs} AS INTEGER) AND +status <> 'EXPIRED'
    ORDER BY due_at_ms LIMIT ${limit}`);
}

/** Handles orders that are still due: an unpaid one expires, a paid one raises an alert, once. */
export function settleDueQueries(orderIds: readonly string[], decimals: number, nowMs: number): Query<unknown>[] {
  const at = sql`CAST(${nowMs} AS INTEGER)`;
  const source = sql`json_each(${JSON.stringify(orderIds)}) AS given`;
  const isDue = sql`orders.order_id = given.value AND orders.due_at_ms <= ${at} AND +orders.status <> 'EXPIRED'`;
  const isPaid = sql`orders.payment_status IN ${PAID}`;
  return [
    write(sql`
      INSERT OR IGNORE INTO ${alerts} (opened_at_ms, alert_id, kind, subject, details)
      SELECT ${at}, 'paid_order_waiting:' || orders.order_id, 'paid_order_waiting', orders.order_id,
        json_object('total_minor', orders.total_minor, 'created_at_ms', orders.created_at_ms)
      FROM ${source} CROSS JOIN orders WHERE ${isDue} AND ${isPaid} AND +orders.status = 'PENDING'`),
    write(
      sql`UPDATE ${orders} SET due_at_ms = NULL FROM ${source} WHERE ${isDue} AND (${isPaid} OR +orders.status <> 'PENDING')`,
    ),
    ...expireOrders(source, isDue, decimals, nowMs),
  ];
}

/**
 * Expires orders that are still PENDING, in the batch that owes the end of their holds to the objects, returns their uses of limited rules while their
 * rows name them, and enqueues webhooks as for any other move. The unary plus keeps SQLite from the index of statuses: the orders are
 * found by the ids of the source.
 */
function expireOrders(source: SQL, where: SQL, decimals: number, nowMs: number) {
  const at = sql`CAST(${nowMs} AS INTEGER)`;
  const from = sql`${source} CROSS JOIN orders WHERE ${where} AND +orders.status = 'PENDING'`;
  const uses = sql`
    SELECT used.value->>'ruleId' AS rule_id, used.value->>'customerId' AS customer_id
    FROM ${source} CROSS JOIN orders CROSS JOIN json_each(orders.rules_used) AS used WHERE ${where} AND +orders.status = 'PENDING'`;
  return [
    ...returnUses(uses),
    write(sql`
      INSERT OR IGNORE INTO ${stockActions} (action_id, order_id, hold_id, kind, lines, cause, at_ms)
      SELECT 'expire:' || orders.hold_id, orders.order_id, orders.hold_id, 'cancel',
        (SELECT json_group_array(json_object('productId', a.product_id, 'variantId', a.variant_id, 'warehouseId', a.warehouse_id,
          'quantity', a.quantity)) FROM ${orderAllocations} a WHERE a.order_id = orders.order_id), '{"actor":"system"}', ${at}
      FROM ${from}`),
    write(sql`
      INSERT INTO ${orderEvents} (order_id, event_no, what, from_status, to_status, actor, note, at_ms)
      SELECT orders.order_id, (SELECT coalesce(max(event_no), 0) + 1 FROM ${orderEvents} e WHERE e.order_id = orders.order_id),
        'status_changed', 'PENDING', 'EXPIRED', 'system', NULL, ${at}
      FROM ${from}`),
    write(
      insertDeliveries(
        "order.status_changed",
        sql`SELECT orders.order_id || ':EXPIRED:' || ${expiredAt(at)} AS event_id, ${expiredPayload(decimals, at)} AS data FROM ${from}`,
        nowMs,
      ),
    ),
    write(sql`
      INSERT OR IGNORE INTO ${alerts} (opened_at_ms, alert_id, kind, subject, details)
      SELECT ${at}, 'refund_due:' || orders.order_id, 'refund_due', orders.order_id,
        json_object('status', 'EXPIRED', 'refund_due', ${majorOf(HELD, decimals)}, 'refund_due_minor', orders.paid_minor - orders.refunded_minor)
      FROM ${from} AND orders.paid_minor > orders.refunded_minor`),
    write(sql`
      UPDATE ${orders} SET status = 'EXPIRED', payment_status = ${EXPIRED_PAYMENT_STATUS}, rules_used = NULL, due_at_ms = NULL, updated_at_ms = ${expiredAt(at)}
      FROM ${source} WHERE ${where} AND +orders.status = 'PENDING'`),
  ] as const;
}

/** Deletes fences of any kind older than a time, a bounded number at once. */
export function purgeFences(beforeMs: number, limit: number): Query<number> {
  return write(sql`
    DELETE FROM ${fences} WHERE id IN (SELECT id FROM ${fences} WHERE at_ms < ${beforeMs} ORDER BY at_ms LIMIT ${limit})`);
}

/** Deletes the refusals of keys older than a time, a bounded number at once, by the index of keys. */
export function purgeRefusals(beforeMs: number, limit: number): Query<number> {
  return write(sql`
    DELETE FROM ${fences} WHERE id IN (
      SELECT id FROM ${fences} WHERE answer IS NOT NULL AND at_ms < ${beforeMs} ORDER BY at_ms LIMIT ${limit})`);
}
