import { type SQL, sql } from "drizzle-orm";
import { type Query, rows, write } from "../../db/client.ts";
import type { Keyed } from "../../writes/rules/keyed.ts";
import { orderFills } from "../history-tables.ts";
import type { Order, OrderRow } from "../rules/order.ts";
import type { FillLine } from "../rules/share.ts";
import { orderAllocations, orders, orderWarehouses } from "../tables.ts";

/** Units that are being allocated to an order that is short. */
export interface OrderFill {
  orderId: string;
  fillId: string;
  holdId: string;
  lines: FillLine[];
  keyed: Keyed | undefined;
  actor: string;
}

/** Finds the open fill of an order; there is one at most. */
export function findFill(orderId: string): Query<OrderFill[]> {
  return findWhere(sql`order_id = ${orderId}`);
}

/** Finds fills that their Workers did not finish, oldest first. */
export function findOldFills(beforeMs: number, limit: number): Query<OrderFill[]> {
  return findWhere(sql`at_ms < ${beforeMs} ORDER BY at_ms LIMIT ${limit}`);
}

function findWhere(where: SQL): Query<OrderFill[]> {
  const found = rows<Omit<OrderFill, "lines" | "keyed"> & { lines: string; keyed: string | null }>(sql`
    SELECT order_id AS "orderId", fill_id AS "fillId", hold_id AS "holdId", lines, keyed, actor FROM ${orderFills} WHERE ${where}`);
  return {
    statement: found.statement,
    read: (result) =>
      found.read(result).map(({ lines, keyed, ...fill }) => {
        return {
          ...fill,
          lines: JSON.parse(lines) as FillLine[],
          keyed: keyed === null ? undefined : (JSON.parse(keyed) as Keyed),
        };
      }),
  };
}

/** Begins a fill of an order that is still as it was read, or `hold_id` becomes NULL and fails the batch; where one is open, the key does. */
export function beginFill(
  { orderId, fillId, holdId, lines, keyed, actor }: OrderFill,
  read: OrderRow,
  nowMs: number,
): Query<number> {
  return write(sql`
    INSERT INTO ${orderFills} (order_id, fill_id, hold_id, lines, keyed, actor, at_ms)
    VALUES (${orderId}, ${fillId},
      (SELECT hold_id FROM ${orders} WHERE order_id = ${orderId} AND hold_id = ${holdId} AND updated_at_ms = CAST(${read.updatedAtMs} AS INTEGER)),
      ${JSON.stringify(lines)}, ${keyed ? JSON.stringify(keyed) : null}, ${actor}, CAST(${nowMs} AS INTEGER))`);
}

/** Ends a fill. Where it has ended already, the status of its order becomes NULL, so that NOT NULL fails the whole batch. */
export function endFill({ orderId, fillId }: Pick<OrderFill, "orderId" | "fillId">): Query<number>[] {
  const open = sql`SELECT 1 FROM ${orderFills} WHERE order_fills.order_id = ${orderId} AND fill_id = ${fillId}`;
  return [
    write(sql`UPDATE ${orders} SET status = NULL WHERE order_id = ${orderId} AND NOT EXISTS (${open})`),
    write(sql`DELETE FROM ${orderFills} WHERE order_id = ${orderId} AND fill_id = ${fillId}`),
  ];
}

/**
 * Writes the allocations of an order that got units; in the batch of `updateOrder`, which is its guard.
 * @param left warehouses that supply nothing of it any more
 */
export function rewriteAllocations({ orderId, createdAtMs, allocations }: Order, left: readonly string[]): Query<number>[] {
  const given = sql`json_each(${JSON.stringify(allocations)})`;
  const own = sql`SELECT value->>'lineNo', value->>'variantId', value->>'warehouseId' FROM ${given}`;
  return [
    write(
      sql`DELETE FROM ${orderAllocations} WHERE order_id = ${orderId} AND (line_no, variant_id, warehouse_id) NOT IN (${own})`,
    ),
    write(sql`
      INSERT INTO ${orderAllocations} (order_id, line_no, variant_id, warehouse_id, product_id, quantity, shipped, cancelled, short)
      SELECT ${orderId}, value->>'lineNo', value->>'variantId', value->>'warehouseId', value->>'productId', value->>'quantity',
        value->>'shipped', value->>'cancelled', value->>'short' FROM ${given} WHERE true
      ON CONFLICT DO UPDATE SET quantity = excluded.quantity, short = excluded.short`),
    write(sql`
      INSERT OR IGNORE INTO ${orderWarehouses} (warehouse_id, created_at_ms, order_id)
      SELECT DISTINCT value->>'warehouseId', CAST(${createdAtMs} AS INTEGER), ${orderId} FROM ${given}`),
    write(sql`
      DELETE FROM ${orderWarehouses} WHERE (warehouse_id, created_at_ms, order_id) IN (
        SELECT value, CAST(${createdAtMs} AS INTEGER), ${orderId} FROM json_each(${JSON.stringify(left)}))`),
  ];
}
