import { indexOrders } from "../../../src/orders/search/index-orders.ts";
import { costOf } from "../cost/cost.ts";
import { faultyWorker } from "../faults.ts";
import { type AskOptions, get } from "../http/requests.ts";
import { sqlInD1 } from "../stock/stock.ts";
import { ORDERS, read } from "./http.ts";

/** An order as a test writes it straight into D1, as any release could have. */
export interface WrittenOrder {
  id: string;
  atMs: number;
  name?: string;
  email?: string | null;
  phone?: string | null;
  skus?: readonly string[];
  trackingNumbers?: readonly string[];
  userId?: string | null;
  status?: string;
}

const PLAIN = { name: "Asha Rao", email: null, phone: null, skus: [], trackingNumbers: [], userId: null, status: "PENDING" };

export async function writeOrders(orders: readonly WrittenOrder[]): Promise<void> {
  const list = JSON.stringify(orders.map((order) => ({ ...PLAIN, ...order })));
  await sqlInD1(
    `INSERT INTO orders (order_id, hold_id, request_hash, status, payment_method, payment_status, customer_name, customer_email,
       customer_phone, country, delivery_method, ranked_by, currency, subtotal_minor, delivery_cost_minor, total_minor,
       estimated_delivery_at_ms, created_at_ms, updated_at_ms, user_id)
     SELECT value->>'id', value->>'id' || '.a', '', value->>'status', 'cod', 'cod', value->>'name', value->>'email', value->>'phone', 'IN',
       'curbside', 'default', 'INR', 100, 0, 100, value->>'atMs', value->>'atMs', value->>'atMs', value->>'userId' FROM json_each(?)`,
    list,
  );
  await sqlInD1(
    `INSERT INTO order_items (order_id, line_no, product_id, variant_id, sku, name, quantity, unit_price_minor, line_total_minor)
     SELECT o.value->>'id', s.key + 1, 'p', 'p', s.value, 'Rice', 1, 100, 100 FROM json_each(?) o, json_each(o.value->'skus') s`,
    list,
  );
  await sqlInD1(
    `INSERT INTO shipments (order_id, shipment_id, warehouse_id, tracking_number, actor, at_ms)
     SELECT o.value->>'id', 'SHP' || t.key, 'BLR', t.value, 'admin', 1 FROM json_each(?) o, json_each(o.value->'trackingNumbers') t`,
    list,
  );
}

interface Page {
  orders: { order_id: string; created_at: string }[];
  next_cursor: string | null;
}

/** A page of what a search finds, for staff. */
export async function find(q: string, more = "", options: AskOptions = { admin: true }) {
  const response = await get(`${ORDERS}?q=${encodeURIComponent(q)}${more}`, options);
  return { ...(await read<Page>(response)), cost: costOf(response) };
}

/** All that a search finds, page by page. */
export async function findAll(q: string, more = "", options: AskOptions = { admin: true }) {
  const [ids, rows]: [string[], number[]] = [[], []];
  for (let cursor = ""; ;) {
    const { status, body, cost } = await find(q, `${more}${cursor}`, options);
    if (status !== 200) throw new Error(JSON.stringify(body));
    ids.push(...body.orders.map(({ order_id: id }) => id));
    rows.push(cost.rowsRead);
    if (body.next_cursor === null) return { ids, pages: rows.length, mostRows: Math.max(...rows) };
    cursor = `&cursor=${body.next_cursor}`;
  }
}

/** Indexes what there is, as the cron does. @param runs of the cron; each takes a limited number of orders */
export async function index(runs = 1): Promise<void> {
  for (let run = 0; run < runs; run += 1) await indexOrders(faultyWorker().deps);
}
