import { type SQL, sql } from "drizzle-orm";
import { type Query, rows, write } from "../db/client.ts";
import type { FateRow } from "./rules/fate.ts";
import type { OrderStatus } from "./rules/statuses.ts";
import { stockActions } from "../stock/tables.ts";
import { fences, orderAllocations, orders } from "./tables.ts";

/** What an alarm asks D1 about. */
export interface AskedHold {
  orderId: string;
  holdId: string;
}

/**
 * The one batch of an alarm (PROTOCOL A1): orders whose payment window is over are marked EXPIRED and owe a restock, every asked
 * hold that its order does not record is fenced, and the rows are read.
 */
export function resolveHolds(asked: readonly AskedHold[], nowMs: number) {
  const holds = sql`json_each(${JSON.stringify(asked)}) AS asked`;
  const recorded = sql`orders.order_id = asked.value->>'orderId' AND orders.hold_id = asked.value->>'holdId'`;
  // The plus keeps SQLite from the index of statuses: the orders are sought by their ids.
  const unpaid = sql`+orders.status = 'PENDING' AND orders.payment_status = 'pending' AND orders.payment_due_at_ms <= ${nowMs}`;
  return [
    oweRestock("expire", sql`${holds} CROSS JOIN orders`, sql`${recorded} AND ${unpaid}`, nowMs),
    write(sql`
      UPDATE ${orders} SET status = 'EXPIRED', updated_at_ms = ${nowMs}
      FROM ${holds} WHERE ${recorded} AND ${unpaid}`),
    write(sql`
      INSERT OR IGNORE INTO ${fences} (id, answer, at_ms)
      SELECT asked.value->>'holdId', NULL, CAST(${nowMs} AS INTEGER) FROM ${holds} WHERE NOT EXISTS (SELECT 1 FROM orders WHERE ${recorded})`),
    rows<FateRow>(sql`
      SELECT orders.order_id AS "orderId", orders.hold_id AS "holdId", orders.status AS "status",
        orders.payment_status AS "paymentStatus", orders.payment_due_at_ms AS "paymentDueAtMs"
      FROM ${holds} CROSS JOIN orders ON ${recorded}`),
  ] as const;
}

/** Cancels an order where its status allows it, owing the restock in the same batch (PROTOCOL S1). The last answer counts 1 or 0. */
export function cancelOrder(orderId: string, from: readonly OrderStatus[], nowMs: number) {
  const open = sql`orders.order_id = ${orderId} AND orders.status IN (SELECT value FROM json_each(${JSON.stringify(from)}))`;
  return [
    oweRestock("cancel", sql`orders`, open, nowMs),
    write(sql`UPDATE ${orders} SET status = 'CANCELLED', updated_at_ms = ${nowMs} WHERE ${open}`),
  ] as const;
}

/** The hold is read in the batch that makes it owed; an action's id names both, so that no two effects share a row. */
function oweRestock(why: "cancel" | "expire", from: SQL, where: SQL, nowMs: number): Query<number> {
  return write(sql`
    INSERT OR IGNORE INTO ${stockActions} (action_id, order_id, hold_id, kind, lines, at_ms)
    SELECT ${why} || ':' || orders.hold_id, orders.order_id, orders.hold_id, 'restock',
      (SELECT json_group_array(DISTINCT product_id) FROM ${orderAllocations} WHERE order_allocations.order_id = orders.order_id),
      CAST(${nowMs} AS INTEGER)
    FROM ${from} WHERE ${where}`);
}

/** Ends fences of any kind older than a time, a bounded number at once. */
export function purgeFences(beforeMs: number, limit: number): Query<number> {
  return write(sql`
    DELETE FROM ${fences} WHERE id IN (SELECT id FROM ${fences} WHERE at_ms < ${beforeMs} ORDER BY at_ms LIMIT ${limit})`);
}

/** Ends the refusals of keys older than a time, a bounded number at once; the index of keys alone finds them. */
export function purgeRefusals(beforeMs: number, limit: number): Query<number> {
  return write(sql`
    DELETE FROM ${fences} WHERE id IN (
      SELECT id FROM ${fences} WHERE answer IS NOT NULL AND at_ms < ${beforeMs} ORDER BY at_ms LIMIT ${limit})`);
}
