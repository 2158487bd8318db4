import { env } from "cloudflare:workers";
import { Webhook } from "standardwebhooks";
import { sql } from "drizzle-orm";
import { bindDeps } from "../../../src/bind.ts";
import { write } from "../../../src/db/client.ts";
import type { Deps } from "../../../src/deps.ts";
import { insertDeliveries } from "../../../src/events/outbox-statements.ts";
import type { EventType } from "../../../src/events/rules/event-types.ts";
import { type AskOptions, post } from "../http/requests.ts";
import { newId } from "../shop/shop.ts";
import { sqlInD1 } from "../stock/stock.ts";

export const ENDPOINTS = "/api/v1/webhook-endpoints";

/** A created endpoint with its secret. */
export interface MadeEndpoint {
  endpoint_id: string;
  url: string;
  secret: string;
  [field: string]: unknown;
}

/** Creates an endpoint with a unique URL, by default for `order.placed`. */
export async function madeEndpoint(more: Record<string, unknown> = {}): Promise<MadeEndpoint> {
  const body = { url: `https://${newId("hooks")}.example.com/in`, events: ["order.placed"], ...more };
  const response = await post(ENDPOINTS, body, { admin: true });
  if (response.status !== 201) throw new Error(await response.text());
  return response.json();
}

/** A request to a receiver. */
export interface Received {
  url: string;
  method: string;
  headers: Headers;
  body: string;
}

/**
 * A Worker whose requests to other servers are answered here; everything else is real.
 * @param answer a status or an answer per request; an error that it throws breaks the connection
 */
export function workerWithReceiver(answer: (received: Received) => number | Response | Promise<number | Response> = () => 204) {
  const received: Received[] = [];
  const bound = bindDeps(env, { waitUntil: () => {} });
  const send: Deps["send"] = async (url, init) => {
    init.signal?.throwIfAborted();
    const request = new Request(url, init);
    const one = { url, method: request.method, headers: request.headers, body: await request.text() };
    received.push(one);
    const given = await answer(one);
    return typeof given === "number" ? new Response(null, { status: given }) : given;
  };
  return { deps: { ...bound.deps, send, log: () => {} }, meter: bound.meter, received };
}

/** Writes an event into the outbox, as the batch of its cause does. @returns its id as stored */
export async function happened(type: EventType = "order.placed", eventId = newId("event"), nowMs = Date.now()): Promise<string> {
  const { deps } = bindDeps(env, { waitUntil: () => {} });
  const source = sql`SELECT ${eventId} AS event_id, json_object('order_id', 'ORD1', 'units', 2) AS data`;
  await deps.db.batch("happened", { write: write(insertDeliveries(type, source, nowMs)) });
  return eventId.replaceAll(".", "~");
}

/** Verifies a message with the library of Standard Webhooks. @returns its payload  @throws if the signature is wrong */
export function verified(secret: string, { headers, body }: Received): unknown {
  return new Webhook(secret).verify(body, Object.fromEntries(headers));
}

/** An endpoint's deliveries as D1 has them, oldest first. */
export function deliveriesOf(endpointId: string) {
  return sqlInD1<{ event_id: string; status: string; attempts: number; next_attempt_at_ms: number; error: string | null }>(
    "SELECT * FROM webhook_deliveries WHERE endpoint_id = ? ORDER BY created_at_ms, delivery_id",
    endpointId,
  );
}

/** Fills an endpoint's outbox directly in D1 with due deliveries. */
export async function backlog(endpointId: string, size: number): Promise<void> {
  await sqlInD1(
    `INSERT INTO webhook_deliveries (delivery_id, endpoint_id, event_id, event_type, payload, status, attempts, next_attempt_at_ms,
       give_up_at_ms, created_at_ms)
     SELECT 'late-' || value || ':' || ?1, ?1, 'late-' || value, 'order.placed', '{}', 'pending', 0, ?2 + value, ?2 + 86400000, ?2
     FROM json_each(?3)`,
    endpointId,
    Date.now() - 10_000_000,
    JSON.stringify(Array.from({ length: size }, (_, index) => index)),
  );
}

/** Counts an endpoint's deliveries by status and attempts. */
export async function statusesOf(endpointId: string): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { status, attempts } of await deliveriesOf(endpointId)) {
    const key = `${status} ${attempts}`;
    counts[key] = (counts[key] ?? 0) + 1;
  }
  return counts;
}

/** Replays a delivery, by default as an admin. */
export function replay(endpointId: string, deliveryId: string, options: AskOptions = { admin: true }): Promise<Response> {
  return post(`${ENDPOINTS}/${endpointId}/deliveries/${encodeURIComponent(deliveryId)}/replay`, undefined, options);
}

/** The one delivery to an endpoint. */
export async function onlyDelivery(endpointId: string) {
  const [delivery] = await deliveriesOf(endpointId);
  if (!delivery) throw new Error("There is no delivery.");
  return delivery;
}
