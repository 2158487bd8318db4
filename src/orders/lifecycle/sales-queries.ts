import { type SQL, sql } from "drizzle-orm";
import { products } from "../../catalog/tables.ts";
import { type Query, write } from "../../db/client.ts";
import { orderItems, orders } from "../tables.ts";

/**
 * Adds the units of orders that have become COMPLETED to their products' `units_sold`, and subtracts those of orders that are so no more.
 * Both statements find the same orders, along an index that has no others, so that each order counts once, whoever runs them together.
 * @param limit how many orders
 */
export function countSales(limit: number): Query<number>[] {
  return [
    write(sql`
      UPDATE ${products} SET units_sold = max(0, units_sold + sold.units)
      FROM (
        SELECT i.product_id, sum(((o.status = 'COMPLETED') - o.units_counted) * (i.quantity - i.cancelled)) AS units
        FROM ${orders} o CROSS JOIN ${orderItems} i ON i.order_id = o.order_id
        WHERE o.order_id IN (${toCount(limit)}) GROUP BY i.product_id
      ) sold WHERE ${products}.product_id = sold.product_id`),
    write(sql`UPDATE ${orders} SET units_counted = (status = 'COMPLETED') WHERE order_id IN (${toCount(limit)})`),
  ];
}

function toCount(limit: number): SQL {
  return sql`SELECT order_id FROM ${orders} WHERE units_counted <> (status = 'COMPLETED') ORDER BY created_at_ms LIMIT ${limit}`;
}
