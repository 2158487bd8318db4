import { type SQL, sql } from "drizzle-orm";
import { type Query, rows, write } from "../db/client.ts";
import type { FateRow } from "./rules/fate.ts";
import type { OrderStatus } from "./rules/statuses.ts";
import { fences, orderAllocations, orders, stockActions } from "./tables.ts";

/** Something that is still owed to the objects. */
export interface OwedAction {
  actionId: string;
  orderId: string;
  holdId: string;
  productIds: string[];
}

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
  const unpaid = sql`orders.status = 'PENDING' AND orders.payment_status = 'pending' AND orders.payment_due_at_ms <= ${nowMs}`;
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

/** What is owed for one order, or, oldest first, for any. */
export function findOwed(limit: number, orderId?: string): Query<OwedAction[]> {
  const where = orderId === undefined ? sql`true` : sql`order_id = ${orderId}`;
  const found = rows<Omit<OwedAction, "productIds"> & { lines: string }>(sql`
    SELECT action_id AS "actionId", order_id AS "orderId", hold_id AS "holdId", lines
    FROM ${stockActions} WHERE ${where} ORDER BY at_ms LIMIT ${limit}`);
  return {
    statement: found.statement,
    read: (result) =>
      found.read(result).map(({ lines, ...action }) => ({ ...action, productIds: JSON.parse(lines) as string[] })),
  };
}

/** Ends actions whose objects have all acknowledged them. */
export function deleteOwed(actionIds: readonly string[]): Query<number> {
  return write(sql`DELETE FROM ${stockActions} WHERE action_id IN (SELECT value FROM json_each(${JSON.stringify(actionIds)}))`);
}

/** Puts actions that failed behind the others, so that they cannot keep the sweep from them. */
export function postponeOwed(actionIds: readonly string[], nowMs: number): Query<number> {
  return write(sql`
    UPDATE ${stockActions} SET at_ms = ${nowMs} WHERE action_id IN (SELECT value FROM json_each(${JSON.stringify(actionIds)}))`);
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
