import { madeEndpoint } from "../events/webhooks.ts";
import { type AskOptions, post } from "../http/requests.ts";
import { newId } from "../shop/shop.ts";
import { sqlInD1 } from "../stock/stock.ts";
import { ADMIN } from "./fulfillment.ts";
import { bodyOf, inStock, ORDERS, placed, read, show } from "./http.ts";
import type { History } from "./lifecycle.ts";

export interface LinkBody {
  order_id: string;
  order_token: string;
  expires_at: string;
  url: string | null;
}

/** Makes a link to an order, as an admin unless somebody else is named. */
export async function link<B = LinkBody>(orderId: string, body?: unknown, options: AskOptions = ADMIN) {
  return read<B>(await post(`${ORDERS}/${orderId}/link`, body, options));
}

/** An order whose buyer has lost its token, and a link to it. */
export async function linked(more: Record<string, unknown> = {}, body?: object) {
  const order = await placed(bodyOf([await inStock(3)], { customer_email: "asha@example.com", ...more }));
  const { body: made } = await link(order.order_id, body);
  return { orderId: order.order_id, token: made.order_token, made };
}

let rice = "";

/** Stocks what `bought` buys, and makes an endpoint for requests for links, at an address that may not be asked, so that nothing is sent. */
export async function openLinkShop(): Promise<void> {
  rice = await inStock(1_000);
  const { endpoint_id: endpointId } = await madeEndpoint({ events: ["order.link_requested"] });
  await sqlInD1("UPDATE webhook_endpoints SET url = 'http://localhost/' WHERE endpoint_id = ?", endpointId);
}

/** An order of somebody with an address of their own. */
export async function bought(more: Record<string, unknown> = {}, options: AskOptions = {}) {
  const email = `${newId("asha").toLowerCase()}@example.com`;
  const order = await placed(bodyOf([rice], { customer_email: email, ...more }), options);
  return { orderId: order.order_id, email };
}

export async function request<B = { status: string }>(orderId: string, email: unknown, options: AskOptions = {}) {
  return read<B>(await post(`${ORDERS}/${orderId}/request-link`, { email }, options));
}

/** The requests for links in an order's timeline. */
export async function requestsOf(orderId: string): Promise<{ by: string }[]> {
  const { body } = await show<History>(orderId, ADMIN);
  return body.events.filter(({ what }) => what === "link_requested");
}

/** What webhooks were told of the requests of an order. */
export async function told(orderId: string): Promise<Record<string, unknown>[]> {
  const rows = await sqlInD1<{ payload: string }>(
    "SELECT payload FROM webhook_deliveries WHERE event_type = 'order.link_requested' AND payload->'data'->>'order_id' = ?",
    orderId,
  );
  return rows.map(({ payload }) => (JSON.parse(payload) as { data: Record<string, unknown> }).data);
}
