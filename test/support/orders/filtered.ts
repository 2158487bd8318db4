import { costOf } from "../cost/cost.ts";
import { fillOrders } from "../cost/order-rows.ts";
import { get } from "../http/requests.ts";
import { sqlInD1 } from "../stock/stock.ts";
import { openShop } from "../shop/warehouses.ts";
import { ORDERS, read } from "./http.ts";

export const MANY = 6_000;

interface Head {
  order_id: string;
  status: string;
  payment_status: string;
  fulfillment_status: string;
  stock_short: boolean;
}

interface Page {
  orders: Head[];
  next_cursor: string | null;
}

/**
 * Fills D1 with orders in all states, as every release writes them: some say that a part has left, or that units are missing, of orders that
 * are COMPLETED since.
 */
export async function fillStates(): Promise<void> {
  await openShop();
  await fillOrders(0, MANY);
  const n = "CAST(substr(order_id, 8) AS INTEGER)";
  await sqlInD1(`UPDATE orders SET
    status = CASE ${n} % 7 WHEN 0 THEN 'COMPLETED' WHEN 1 THEN 'RETURNED' WHEN 2 THEN 'PROCESSING' WHEN 3 THEN 'CANCELLED' ELSE 'PENDING' END,
    payment_status = CASE WHEN ${n} % 500 = 3 THEN 'failed' WHEN ${n} % 500 = 5 THEN 'refund_due' WHEN ${n} % 3 = 0 THEN 'paid' WHEN ${n} % 3 = 1 THEN 'pending' ELSE 'cod' END,
    open_disputes = (${n} % 700 = 9),
    fulfillment_status = CASE WHEN ${n} % 300 = 7 THEN 'partially_fulfilled' WHEN ${n} % 5 = 0 THEN 'fulfilled' END,
    stock_short = (${n} % 400 = 11),
    tags = CASE WHEN ${n} % 600 = 13 THEN '["gift","Call me"]' WHEN ${n} % 4 = 0 THEN '["gift"]' END`);
}

/** A page of a list, for staff. */
export async function page(query: string, limit = 20) {
  const response = await get(`${ORDERS}?limit=${limit}&${query}`, { admin: true });
  return { ...(await read<Page>(response)), cost: costOf(response) };
}

/** All orders of a list, page by page. */
export async function all(query: string): Promise<{ ids: string[]; mostRows: number }> {
  const orders: Head[] = [];
  let mostRows = 0;
  for (let cursor = ""; ;) {
    const { status, body, cost } = await page(`${query}${cursor}`, 100);
    if (status !== 200) throw new Error(JSON.stringify(body));
    orders.push(...body.orders);
    mostRows = Math.max(mostRows, cost.rowsRead);
    if (body.next_cursor === null) return { ids: orders.map(({ order_id: id }) => id), mostRows };
    cursor = `&cursor=${body.next_cursor}`;
  }
}
