import { sql } from "drizzle-orm";
import { type Query, rows } from "../../db/client.ts";
import type { OrderStatus } from "../rules/statuses.ts";
import { orders } from "../tables.ts";

/** The statuses of those orders that exist. */
export function findStatuses(orderIds: readonly string[]): Query<{ orderId: string; status: OrderStatus }[]> {
  return rows(sql`
    SELECT order_id AS "orderId", status FROM ${orders} WHERE order_id IN (SELECT value FROM json_each(${JSON.stringify(orderIds)}))`);
}
