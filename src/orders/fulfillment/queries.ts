import { type SQL, sql } from "drizzle-orm";
import { type Query, rows } from "../../db/client.ts";
import { rowJson } from "../../db/json.ts";
import { products, variants } from "../../catalog/tables.ts";
import { toOrderRow } from "../line-queries.ts";
import type { Fulfillment, FulfillmentFilter, FulfillmentLine } from "../rules/fulfillment.ts";
import { PAID } from "../rules/payment-status.ts";
import { orderAllocations, orderItems, orders, orderWarehouses } from "../tables.ts";

/** What has left of an allocation: a completed order has shipped what was not cancelled (`shippedOf`). */
const SHIPPED = sql`iif(o.status IN ('COMPLETED', 'RETURNED'), a.quantity - a.cancelled, a.shipped)`;

/**
 * Finds what warehouses have to hand over, oldest first. It reads all orders that are open, of which a shop has few, and no others.
 * @param limit of orders × warehouses
 */
export function findWork(filter: FulfillmentFilter, limit: number): Query<Fulfillment[]> {
  const { warehouseId, status, deliveryMethod, after } = filter;
  const left = sql`sum(a.quantity - a.shipped - a.cancelled) > 0`;
  const shipped = { open: sql`sum(a.shipped) = 0`, partial: sql`sum(a.shipped) > 0`, done: sql`false` };
  const past =
    after && sql`(o.created_at_ms, o.order_id, a.warehouse_id) > (CAST(${after[0]} AS INTEGER), ${after[1]}, ${after[2]})`;
  return withLines(
    sql`
      SELECT o.order_id, o.created_at_ms, a.warehouse_id FROM ${orders} o CROSS JOIN ${orderAllocations} a ON a.order_id = o.order_id
      WHERE o.status IN ('PENDING', 'PROCESSING') AND (o.status = 'PROCESSING' OR o.payment_status IN ${["cod", ...PAID]})
        AND ${allOf([past, warehouseId && sql`a.warehouse_id = ${warehouseId}`, deliveryMethod && sql`o.delivery_method = ${deliveryMethod}`])}
      GROUP BY o.created_at_ms, o.order_id, a.warehouse_id HAVING ${left} AND ${status ? shipped[status] : sql`true`}
      ORDER BY o.created_at_ms, o.order_id, a.warehouse_id LIMIT ${limit}`,
    sql`seen.created_at_ms, seen.order_id, seen.warehouse_id`,
  );
}

/**
 * Finds what warehouses have handed over, newest order first. Of one warehouse it reads as many orders as the page needs; of all of them it
 * sorts every order that was ever supplied.
 */
export function findDone(filter: FulfillmentFilter, limit: number): Query<Fulfillment[]> {
  const { warehouseId, deliveryMethod, after } = filter;
  const past =
    after && sql`(w.created_at_ms, w.order_id, w.warehouse_id) < (CAST(${after[0]} AS INTEGER), ${after[1]}, ${after[2]})`;
  return withLines(
    sql`
      SELECT w.order_id, w.created_at_ms, w.warehouse_id FROM ${orderWarehouses} w CROSS JOIN ${orders} o ON o.order_id = w.order_id
      WHERE ${allOf([past, warehouseId && sql`w.warehouse_id = ${warehouseId}`, deliveryMethod && sql`o.delivery_method = ${deliveryMethod}`])}
        AND EXISTS (SELECT 1 FROM ${orderAllocations} a WHERE a.order_id = w.order_id AND a.warehouse_id = w.warehouse_id AND ${SHIPPED} > 0)
        AND NOT EXISTS (SELECT 1 FROM ${orderAllocations} a
          WHERE a.order_id = w.order_id AND a.warehouse_id = w.warehouse_id AND a.quantity > ${SHIPPED} + a.cancelled)
      ORDER BY w.created_at_ms DESC, w.order_id DESC, w.warehouse_id DESC LIMIT ${limit}`,
    sql`seen.created_at_ms DESC, seen.order_id DESC, seen.warehouse_id DESC`,
  );
}

function withLines(window: SQL, order: SQL): Query<Fulfillment[]> {
  const found = rows<{ order: string; warehouseId: string; lines: string }>(sql`
    SELECT ${rowJson(orders)} AS "order", seen.warehouse_id AS "warehouseId",
      (SELECT json_group_array(json_object('lineNo', a.line_no, 'productId', a.product_id, 'variantId', a.variant_id, 'sku',
          coalesce(v.sku, i.sku), 'barcode', coalesce(v.barcode, p.barcode), 'name', coalesce(p.name || coalesce(' ' || v.name, ''), i.name),
          'quantity', a.quantity, 'shipped', iif(orders.status IN ('COMPLETED', 'RETURNED'), a.quantity - a.cancelled, a.shipped),
          'cancelled', a.cancelled, 'short', a.short) ORDER BY a.line_no, a.variant_id)
        FROM ${orderAllocations} a JOIN ${orderItems} i ON i.order_id = a.order_id AND i.line_no = a.line_no
          LEFT JOIN ${variants} v ON v.variant_id = a.variant_id LEFT JOIN ${products} p ON p.product_id = a.product_id
        WHERE a.order_id = seen.order_id AND a.warehouse_id = seen.warehouse_id) AS "lines"
    FROM (${window}) seen CROSS JOIN ${orders} ON orders.order_id = seen.order_id ORDER BY ${order}`);
  return {
    statement: found.statement,
    read: (result) =>
      found.read(result).map(({ order: row, warehouseId, lines }) => {
        return { order: toOrderRow(row), warehouseId, lines: JSON.parse(lines) as FulfillmentLine[] };
      }),
  };
}

function allOf(conditions: readonly (SQL | "" | undefined)[]): SQL {
  const given = conditions.filter((condition) => condition !== undefined && condition !== "");
  return given.length > 0 ? sql.join(given, sql` AND `) : sql`true`;
}
