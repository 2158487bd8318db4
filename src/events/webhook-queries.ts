import { type SQL, sql } from "drizzle-orm";
import { type Query, row, rows, write } from "../db/client.ts";
import type { Delivery, Endpoint, EndpointFields } from "./rules/endpoint.ts";
import type { TimeKey } from "../rules/page.ts";
import { webhookDeliveries, webhookEndpoints } from "./tables.ts";

/** Bounds the rows that one event writes, and lets each run of the sweep reach every endpoint. */
export const MAX_ENDPOINTS = 20;

/** The most pending deliveries that disabling fails in one statement; the rest are not sent either and are purged by age. */
const MAX_FAILED = 10_000;

const ENDPOINT = sql`endpoint_id AS "endpointId", url, description, events, status, secret_no AS "secretNo",
  created_at_ms AS "createdAtMs", updated_at_ms AS "updatedAtMs"`;

type EndpointRow = Omit<Endpoint, "events"> & { events: string };

/** All endpoints, oldest first. */
export function findEndpoints(): Query<Endpoint[]> {
  const query = rows<EndpointRow>(sql`SELECT ${ENDPOINT} FROM ${webhookEndpoints} ORDER BY created_at_ms, endpoint_id`);
  return { statement: query.statement, read: (result) => query.read(result).map(toEndpoint) };
}

export function findEndpoint(endpointId: string): Query<Endpoint | undefined> {
  const query = row<EndpointRow>(sql`SELECT ${ENDPOINT} FROM ${webhookEndpoints} WHERE endpoint_id = ${endpointId}`);
  return {
    statement: query.statement,
    read: (result) => {
      const endpoint = query.read(result);
      return endpoint && toEndpoint(endpoint);
    },
  };
}

function toEndpoint(endpoint: EndpointRow): Endpoint {
  return { ...endpoint, events: JSON.parse(endpoint.events) as Endpoint["events"] };
}

/**
 * Writes a new endpoint. Beyond `MAX_ENDPOINTS`, `created_at_ms` becomes NULL, so that NOT NULL fails the whole batch.
 */
export function insertEndpoint(endpoint: Endpoint): Query<number> {
  return write(sql`
    INSERT INTO ${webhookEndpoints} (endpoint_id, url, description, events, status, secret_no, created_at_ms, updated_at_ms)
    SELECT ${endpoint.endpointId}, ${endpoint.url}, ${endpoint.description}, ${JSON.stringify(endpoint.events)}, ${endpoint.status},
      ${endpoint.secretNo}, iif(count(*) < ${MAX_ENDPOINTS}, CAST(${endpoint.createdAtMs} AS INTEGER), NULL), ${endpoint.updatedAtMs}
    FROM ${webhookEndpoints}`);
}

/** Changes fields of an endpoint that is still as it was read; otherwise `updated_at_ms` becomes NULL, so that the batch fails. */
export function updateEndpoint(
  { endpointId, updatedAtMs }: Endpoint,
  { events, ...changes }: Partial<EndpointFields & Pick<Endpoint, "secretNo">>,
  nowMs: number,
): Query<number> {
  const values = { ...changes, ...(events && { events: JSON.stringify(events) }) };
  const sets = Object.entries(values).map(
    ([field, value]) => sql`${sql.identifier(webhookEndpoints[field as keyof typeof values].name)} = ${value}, `,
  );
  return write(sql`
    UPDATE ${webhookEndpoints} SET ${sql.join(sets)} updated_at_ms = iif(updated_at_ms = ${updatedAtMs}, ${nowMs}, NULL)
    WHERE endpoint_id = ${endpointId}`);
}

export function deleteEndpoint(endpointId: string): Query<number> {
  return write(sql`DELETE FROM ${webhookEndpoints} WHERE endpoint_id = ${endpointId}`);
}

/** Fails the batch by the guard of `updateEndpoint` if the previous statement changed nothing, because the endpoint was deleted. */
export function guardEndpoint(endpointId: string): Query<number> {
  return write(sql`
    INSERT INTO ${webhookEndpoints} (endpoint_id, url, events, status, secret_no, created_at_ms, updated_at_ms)
    SELECT ${endpointId}, '', '[]', 'disabled', 0, 0, NULL WHERE changes() = 0`);
}

/** Fails the pending deliveries of an endpoint that is not active; follows the statement that disables it, in the same batch. */
export function endPending(endpointId: string): Query<number> {
  return write(sql`
    UPDATE ${webhookDeliveries} SET status = 'failed', error = 'the endpoint was disabled or deleted'
    WHERE NOT ${isActive(sql`${endpointId}`)} AND delivery_id IN (
      SELECT delivery_id FROM ${webhookDeliveries} WHERE endpoint_id = ${endpointId} AND status = 'pending' LIMIT ${MAX_FAILED})`);
}

const DELIVERY = sql`delivery_id AS "deliveryId", event_id AS "eventId", event_type AS "eventType", status, attempts,
  next_attempt_at_ms AS "nextAttemptAtMs", give_up_at_ms AS "giveUpAtMs", response_status AS "responseStatus", error,
  created_at_ms AS "createdAtMs", last_attempt_at_ms AS "lastAttemptAtMs"`;

/** An endpoint's deliveries before a sort key, newest first. */
export function findDeliveryWindow(endpointId: string, before: TimeKey, size: number): Query<Delivery[]> {
  return rows(sql`
    SELECT ${DELIVERY} FROM ${webhookDeliveries}
    WHERE endpoint_id = ${endpointId} AND (created_at_ms, delivery_id) < (CAST(${before.atMs} AS INTEGER), ${before.id})
    ORDER BY created_at_ms DESC, delivery_id DESC LIMIT ${size}`);
}

export function findDelivery(endpointId: string, deliveryId: string): Query<Delivery | undefined> {
  return row(sql`
    SELECT ${DELIVERY} FROM ${webhookDeliveries} WHERE delivery_id = ${deliveryId} AND endpoint_id = ${endpointId}`);
}

/**
 * Makes a delivery due again. If its endpoint is not active, `give_up_at_ms` becomes NULL, so that NOT NULL fails the whole batch.
 */
export function updateReplayed({ deliveryId, nextAttemptAtMs, giveUpAtMs }: Delivery): Query<number> {
  return write(sql`
    UPDATE ${webhookDeliveries} SET status = 'pending', attempts = 0, next_attempt_at_ms = ${nextAttemptAtMs},
      give_up_at_ms = iif(${isActive(sql`webhook_deliveries.endpoint_id`)}, CAST(${giveUpAtMs} AS INTEGER), NULL)
    WHERE delivery_id = ${deliveryId}`);
}

function isActive(endpointId: SQL): SQL {
  return sql`EXISTS (SELECT 1 FROM ${webhookEndpoints} e WHERE e.endpoint_id = ${endpointId} AND e.status = 'active')`;
}
