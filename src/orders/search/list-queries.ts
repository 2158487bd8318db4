import { type SQL, sql } from "drizzle-orm";
import { type Query, rows } from "../../db/client.ts";
import { rowJson } from "../../db/json.ts";
import { linesJson, returnedJson, type StoredLines, toOrder } from "../line-queries.ts";
import type { ExactMatch, OrderFilter, Searched } from "../rules/search.ts";
import type { OrderRow } from "../rules/order.ts";
import { cancelledItems, returnItems } from "../history-tables.ts";
import { searchedLists, type StoredLists, toLists } from "./searched-queries.ts";
import { orders, orderTags, orderWarehouses } from "../tables.ts";

/** D1 takes a hundred parameters for a statement, and the filters need some. */
const MAX_IDS = 50;

/** An order of the window, and whether it passes the other filters. */
export interface WindowRow {
  order: OrderRow;
  fits: boolean;
}

/**
 * Reads a window of orders, newest first, by the index of the most selective filter; the other filters are applied to the window.
 * Two rows read for each order, for any size of the table.
 * @param exact what orders have that are looked for, if that is known  @param columns more of them, after a comma
 */
export function findOrderWindow(filter: OrderFilter, size: number, exact?: ExactMatch, columns = sql``): Query<WindowRow[]> {
  const window = sql`(${windowOf(filter, size, exact)}) seen CROSS JOIN ${orders} ON orders.order_id = seen.order_id
    ORDER BY seen.created_at_ms DESC, seen.order_id DESC`;
  return readOrders(window, fits(filter, exact), columns);
}

/** `findOrderWindow` with what a search looks in. */
export function findSearchedWindow(filter: OrderFilter, size: number): Query<(WindowRow & { searched: Searched })[]> {
  const found = findOrderWindow(filter, size, undefined, sql`, ${searchedLists(sql`orders.order_id`)}`);
  return {
    statement: found.statement,
    read: (result) => {
      const lists = (result as D1Result<StoredLists>).results.map(toLists);
      return found.read(result).map((each, at) => ({
        ...each,
        searched: { ...each.order, ...(lists[at] ?? { skus: [], trackingNumbers: [] }) },
      }));
    },
  };
}

/** Reads orders that a search found, in any order, and whether they pass the filters. */
export function findListed(filter: OrderFilter, orderIds: readonly string[]): Query<WindowRow[]>[] {
  const lists = Array.from({ length: Math.ceil(orderIds.length / MAX_IDS) }, (_, at) => {
    return orderIds.slice(at * MAX_IDS, (at + 1) * MAX_IDS).map((id) => sql`(${id})`);
  });
  // The elements of a list in JSON, or of one after IN, would count as rows read.
  return lists.map((ids) => {
    const listed = sql`(SELECT column1 AS order_id FROM (VALUES ${sql.join(ids, sql`, `)})) seen`;
    return readOrders(sql`${listed} CROSS JOIN ${orders} ON orders.order_id = seen.order_id`, fits(filter));
  });
}

function readOrders(window: SQL, isFit: SQL, columns = sql``): Query<WindowRow[]> {
  const found = rows<{ order: string; fits: 0 | 1; lines: string | null }>(sql`
    SELECT ${rowJson(orders)} AS "order", ${isFit} AS "fits", ${creditedLines()} AS "lines" ${columns}
    FROM ${window}`);
  return {
    statement: found.statement,
    read: (result) =>
      found.read(result).map(({ order, fits: fitting, lines }) => {
        return { order: toOrder(order, lines === null ? NO_LINES : (JSON.parse(lines) as StoredLines)), fits: fitting === 1 };
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

function windowOf(filter: OrderFilter, size: number, exact?: ExactMatch): SQL {
  const { table, where } = indexedFilter(filter, exact);
  return sql`
    SELECT order_id, created_at_ms FROM ${table} WHERE ${where} AND ${inTime(filter)}
    ORDER BY created_at_ms DESC, order_id DESC LIMIT ${size}`;
}

/** Whether an index finds the orders of a filter. */
export function isIndexed(filter: OrderFilter): boolean {
  const { email, userId, tag, warehouseId, status } = filter;
  return [email, userId, tag, warehouseId, status, rareState(filter)].some((each) => each !== undefined);
}

interface Indexed {
  table: SQL;
  where: SQL;
}

/** The filters that have an index, the most selective first. */
function indexedFilter(filter: OrderFilter, exact: ExactMatch | undefined): Indexed {
  const { email, userId, tag, warehouseId, status } = filter;
  const own = sql`${orders}`;
  // First of all: a window over other customers' orders would reveal them by its length and its cursor.
  if (userId !== undefined) return { table: own, where: sql`user_id = ${userId}` };
  if (exact) return { table: own, where: spelled(exact) };
  if (email !== undefined) return { table: own, where: sql`customer_email = ${email}` };
  const rare = rareState(filter);
  if (rare) return { table: own, where: rare };
  if (tag !== undefined) return { table: sql`${orderTags}`, where: sql`tag = ${tag}` };
  if (warehouseId !== undefined) return { table: sql`${orderWarehouses}`, where: sql`warehouse_id = ${warehouseId}` };
  if (status !== undefined) return { table: own, where: sql`status = ${status}` };
  return { table: own, where: sql`true` };
}

/** States that few orders are in. Each says the condition of its partial index, so that SQLite takes that. */
function rareState({ paymentStatus, fulfillmentStatus, isShort }: OrderFilter): SQL | undefined {
  if (isShort === true) return sql`stock_short = 1`;
  if (fulfillmentStatus === "partially_fulfilled") return sql`fulfillment_status = 'partially_fulfilled'`;
  if (paymentStatus === undefined || paymentStatus === "cod" || paymentStatus === "pending") return undefined;
  if (paymentStatus === "disputed") return sql`open_disputes > 0`;
  return sql`payment_status = ${paymentStatus} AND payment_status NOT IN ('cod', 'pending')`;
}

function spelled({ column, text }: ExactMatch): SQL {
  return sql`orders.${sql.identifier(column)} = ${text}`;
}

/** The condition of the times of a list, and of its cursor. */
export function inTime({ fromMs, beforeMs, after }: OrderFilter, createdAtMs = sql`created_at_ms`): SQL {
  const from = sql`${createdAtMs} >= CAST(${fromMs ?? 0} AS INTEGER)`;
  if (after) return sql`${from} AND (${createdAtMs}, order_id) < (CAST(${after[0]} AS INTEGER), ${after[1]})`;
  return beforeMs === undefined ? from : sql`${from} AND ${createdAtMs} < CAST(${beforeMs} AS INTEGER)`;
}

function fits(filter: OrderFilter, exact?: ExactMatch): SQL {
  const { email, userId, tag, warehouseId, status, includeDeleted } = filter;
  const inList = (table: SQL, is: SQL) => sql`EXISTS (
    SELECT 1 FROM ${table} w WHERE ${is} AND w.created_at_ms = orders.created_at_ms AND w.order_id = orders.order_id)`;
  return sql.join(
    [
      includeDeleted ? sql`true` : sql`orders.deleted_at_ms IS NULL`,
      exact === undefined ? sql`true` : sql`(${spelled(exact)}) IS TRUE`,
      email === undefined ? sql`true` : sql`orders.customer_email IS ${email}`,
      userId === undefined ? sql`true` : sql`orders.user_id IS ${userId}`,
      status === undefined ? sql`true` : sql`orders.status = ${status}`,
      ...shownStates(filter),
      tag === undefined ? sql`true` : inList(sql`${orderTags}`, sql`w.tag = ${tag}`),
      warehouseId === undefined ? sql`true` : inList(sql`${orderWarehouses}`, sql`w.warehouse_id = ${warehouseId}`),
    ],
    sql` AND `,
  );
}

/** The states as orders show them: see `fulfillmentStatusOf`, and `payment_status` and `stock_short` of the order's JSON. */
function shownStates({ paymentStatus, fulfillmentStatus, isShort }: OrderFilter): SQL[] {
  const hasLeft = sql`orders.status IN ('COMPLETED', 'RETURNED')`;
  const states: SQL[] = [];
  if (paymentStatus === "disputed") states.push(sql`orders.open_disputes > 0`);
  else if (paymentStatus !== undefined) states.push(sql`orders.payment_status = ${paymentStatus}`, sql`orders.open_disputes = 0`);
  if (fulfillmentStatus === "fulfilled") states.push(sql`(${hasLeft} OR orders.fulfillment_status IS 'fulfilled')`);
  else if (fulfillmentStatus !== undefined) {
    const stored = fulfillmentStatus === "unfulfilled" ? null : fulfillmentStatus;
    states.push(sql`(NOT ${hasLeft} AND orders.fulfillment_status IS ${stored})`);
  }
  if (isShort !== undefined)
    states.push(sql`(orders.stock_short = 1 AND orders.status IN ('PENDING', 'PROCESSING')) = ${isShort ? 1 : 0}`);
  return states;
}
