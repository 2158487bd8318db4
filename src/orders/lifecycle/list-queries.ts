import { type SQL, sql } from "drizzle-orm";
import { type Query, rows } from "../../db/client.ts";
import { rowJson } from "../../db/json.ts";
import { linesJson, returnedJson, type StoredLines, toOrder } from "../line-queries.ts";
import type { OrderFilter } from "../rules/filter.ts";
import type { OrderRow } from "../rules/order.ts";
import { cancelledItems, returnItems } from "../history-tables.ts";
import { orders, orderWarehouses } from "../tables.ts";

/** An order of the window, and whether it passes the other filters. */
export interface WindowRow {
  order: OrderRow;
  fits: boolean;
}

/**
 * Reads a window of orders, newest first, by the index of the most selective filter; the other filters are applied to the window.
 * Two rows read for each order, for any size of the table.
 */
export function findOrderWindow(filter: OrderFilter, size: number): Query<WindowRow[]> {
  const found = rows<{ order: string; fits: 0 | 1; lines: string | null }>(sql`
    SELECT ${rowJson(orders)} AS "order", ${fits(filter)} AS "fits", ${creditedLines()} AS "lines"
    FROM (${windowOf(filter, size)}) seen CROSS JOIN ${orders} ON orders.order_id = seen.order_id
    ORDER BY seen.created_at_ms DESC, seen.order_id DESC`);
  return {
    statement: found.statement,
    read: (result) =>
      found.read(result).map(({ order, fits: isFit, lines }) => {
        return { order: toOrder(order, lines === null ? NO_LINES : (JSON.parse(lines) as StoredLines)), fits: isFit === 1 };
      }),
  };
}

const NO_LINES: StoredLines = { items: [], allocations: [], returned: [] };

/** The lines of an order of which something came back or was cancelled, to value it: few have any, and no others are read. */
function creditedLines(): SQL {
  const orderId = sql`orders.order_id`;
  const { items, allocations } = linesJson(orderId);
  return sql`CASE WHEN EXISTS (SELECT 1 FROM ${returnItems} WHERE return_items.order_id = ${orderId})
    OR EXISTS (SELECT 1 FROM ${cancelledItems} WHERE cancelled_items.order_id = ${orderId})
    THEN json_object('items', json(${items}), 'allocations', json(${allocations}), 'returned', json(${returnedJson(orderId)})) END`;
}

function windowOf(filter: OrderFilter, size: number): SQL {
  const { table, where } = indexedFilter(filter);
  return sql`
    SELECT order_id, created_at_ms FROM ${table} WHERE ${where} AND ${inTime(filter)}
    ORDER BY created_at_ms DESC, order_id DESC LIMIT ${size}`;
}

/** The filters that have an index, the most selective first. */
function indexedFilter({ search, email, userId, warehouseId, status }: OrderFilter): { table: SQL; where: SQL } {
  const own = sql`${orders}`;
  // First of all: a window over other customers' orders would reveal them by its length and its cursor.
  if (userId !== undefined) return { table: own, where: sql`user_id = ${userId}` };
  if (search) return { table: own, where: sql`${sql.identifier(search.column)} ${spelled(search)}` };
  if (email !== undefined) return { table: own, where: sql`customer_email = ${email}` };
  if (warehouseId !== undefined) return { table: sql`${orderWarehouses}`, where: sql`warehouse_id = ${warehouseId}` };
  if (status !== undefined) return { table: own, where: sql`status = ${status}` };
  return { table: own, where: sql`true` };
}

function spelled({ text, or }: NonNullable<OrderFilter["search"]>): SQL {
  return or === undefined ? sql`= ${text}` : sql`IN (${text}, ${or})`;
}

function inTime({ fromMs, beforeMs, after }: OrderFilter): SQL {
  const from = sql`created_at_ms >= CAST(${fromMs ?? 0} AS INTEGER)`;
  if (after) return sql`${from} AND (created_at_ms, order_id) < (CAST(${after[0]} AS INTEGER), ${after[1]})`;
  return beforeMs === undefined ? from : sql`${from} AND created_at_ms < CAST(${beforeMs} AS INTEGER)`;
}

function fits({ search, email, userId, warehouseId, status, includeDeleted }: OrderFilter): SQL {
  const inWarehouse = sql`EXISTS (
    SELECT 1 FROM ${orderWarehouses} w
    WHERE w.warehouse_id = ${warehouseId} AND w.created_at_ms = orders.created_at_ms AND w.order_id = orders.order_id)`;
  return sql.join(
    [
      includeDeleted ? sql`true` : sql`orders.deleted_at_ms IS NULL`,
      search === undefined ? sql`true` : sql`(orders.${sql.identifier(search.column)} ${spelled(search)}) IS TRUE`,
      email === undefined ? sql`true` : sql`orders.customer_email IS ${email}`,
      userId === undefined ? sql`true` : sql`orders.user_id IS ${userId}`,
      status === undefined ? sql`true` : sql`orders.status = ${status}`,
      warehouseId === undefined ? sql`true` : inWarehouse,
    ],
    sql` AND `,
  );
}
