import { runDurableObjectAlarm } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { vi } from "vitest";
import type { Deps } from "../../../src/deps.ts";
import { confirmPayment } from "../../../src/payments/confirm-payment.ts";
import { faultyWorker } from "../faults.ts";
import { type AskOptions, post } from "../http/requests.ts";
import { type Answer, ORDERS, type OrderBody, read, show } from "../orders/http.ts";
import { outcomeOf, placedBy, stocked as stockedNow } from "../orders/orders.ts";
import { newId } from "../shop/shop.ts";
import { madeEndpoint } from "../events/webhooks.ts";

/** What tests read of the page of an order that has money. */
export interface PaidOrder extends OrderBody {
  status: string;
  payment_status: string;
  total: number;
  paid_total: number;
  refunded_total: number;
  events: { what: string; from: string | null; to: string | null; by: string; note: string | null }[];
}

/** Confirms a payment as an admin: of all that the order costs under a reference of its own, unless told otherwise. */
export async function confirm<B = PaidOrder>(
  orderId: string,
  more: Record<string, unknown> = {},
  options: AskOptions = { admin: true },
): Promise<Answer<B>> {
  const { body: order } = await show<PaidOrder>(orderId, { admin: true });
  const body = { payment_reference: newId("ref"), amount: order.total, currency: "INR", ...more };
  return read<B>(await post(`${ORDERS}/${orderId}/payment/confirm`, body, options));
}

/** An order as staff read it. */
export async function paidOrder(orderId: string): Promise<PaidOrder> {
  return (await show<PaidOrder>(orderId, { admin: true })).body;
}

/** What happened to an order, in its order. */
export async function timelineOf(orderId: string): Promise<string[]> {
  return (await paidOrder(orderId)).events.map(({ what, to }) => (to === null ? what : `${what} ${to}`));
}

/** An order's payments in D1. */
export async function paymentsOf(orderId: string): Promise<{ provider: string; reference: string; amount_minor: number }[]> {
  return rowsOf("SELECT provider, reference, amount_minor FROM payments WHERE order_id = ? ORDER BY at_ms, payment_id", orderId);
}

/** The statuses of orders and how many payments each has, by the order's id, from one batch of D1. */
export async function moneyOf(
  orderIds: readonly string[],
): Promise<Map<string, { status: string; payment_status: string; payments: number }>> {
  const rows = await rowsOf<{ order_id: string; status: string; payment_status: string; payments: number }>(
    `SELECT order_id, status, payment_status, (SELECT count(*) FROM payments p WHERE p.order_id = orders.order_id) AS payments
     FROM orders WHERE order_id IN (SELECT value FROM json_each(?))`,
    JSON.stringify(orderIds),
  );
  return new Map(rows.map(({ order_id: orderId, ...row }) => [orderId, row]));
}

/** The kinds of the open alerts about an order. */
export async function alertsAbout(orderId: string): Promise<string[]> {
  const open = await rowsOf<{ kind: string }>(
    "SELECT kind FROM alerts WHERE subject = ? AND closed_at_ms IS NULL ORDER BY kind",
    orderId,
  );
  return open.map(({ kind }) => kind);
}

/** Confirms a payment of all that an order costs, as the route would. */
export async function confirmBy(deps: Deps, orderId: string, reference = newId("ref")) {
  const [order] = await rowsOf<{ total_minor: number }>("SELECT total_minor FROM orders WHERE order_id = ?", orderId);
  const payment = { orderId, reference, amountMinor: order?.total_minor ?? 0, currency: "INR" };
  return outcomeOf(confirmPayment(deps, undefined, payment));
}

/** Rows of D1. */
export async function rowsOf<R>(query: string, ...bindings: (string | number)[]): Promise<R[]> {
  const { results } = await env.DB.prepare(query)
    .bind(...bindings)
    .all<R>();
  return results;
}

/** How long an order waits for its payment. */
const WINDOW_MS = 30 * 60_000;

/**
 * An order of one unit that nobody paid in time. The clock has to be fake.
 * @param stocked makes its product
 * @param hasRung whether the product's alarm has ended it already; `ring` does so
 */
export async function expiredOrder(units: number | Record<string, number>, { hasRung = true, stocked = stockedNow } = {}) {
  const productId = await stocked(units);
  const worker = faultyWorker();
  const { orderId } = await placedBy(worker, productId, { paymentMethod: "card" });
  await worker.idle();
  vi.setSystemTime(Date.now() + WINDOW_MS + 1_000);
  const ring = () => runDurableObjectAlarm(env.STOCK.getByName(productId));
  if (hasRung) await ring();
  const all = typeof units === "number" ? units : Object.values(units).reduce((sum, each) => sum + each, 0);
  return { orderId, productId, received: new Map([[productId, all]]), ring };
}

const MONEY_EVENTS = [
  "order.paid",
  "order.refund_due",
  "order.refunded",
  "order.payment_failed",
  "order.status_changed",
  "order.disputed",
  "order.dispute_closed",
];

/** Has webhooks be told of money from here on. Nothing is sent: the endpoint's address is none that may be asked. */
export async function listen(): Promise<void> {
  const { endpoint_id: endpointId } = await madeEndpoint({ events: MONEY_EVENTS });
  await rowsOf("UPDATE webhook_endpoints SET url = 'http://localhost/' WHERE endpoint_id = ?", endpointId);
}

/** What webhooks are told about an order, each event once. */
export async function eventsFor(orderId: string): Promise<string[]> {
  const rows = await rowsOf<{ event_type: string }>(
    "SELECT DISTINCT event_id, event_type FROM webhook_deliveries WHERE payload LIKE ? ORDER BY event_type, event_id",
    `%${orderId}%`,
  );
  return rows.map(({ event_type: type }) => type);
}
