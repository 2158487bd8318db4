import { sql } from "drizzle-orm";
import { type Query, rows, write } from "../db/client.ts";
import type { Attempt, Verdict } from "./rules/attempt.ts";
import type { DeliveryStatus } from "./rules/endpoint.ts";
import { webhookDeliveries, webhookEndpoints } from "./tables.ts";

/** A delivery that only this Worker may try until its lease ends. */
export interface Leased {
  deliveryId: string;
  endpointId: string;
  eventId: string;
  payload: string;
  /** `failed` if its time to give up has passed; then it is not tried. */
  status: DeliveryStatus;
  attempts: number;
  giveUpAtMs: number;
  url: string;
  secretNo: number;
}

/** The limits of one round. */
export interface RoundBounds {
  limit: number;
  perEndpoint: number;
  leaseMs: number;
  /** Endpoints that failed in this run and are skipped. */
  failing: readonly string[];
}

/**
 * Leases due deliveries, some of each active endpoint in turn: the same statement moves their next attempt to the end of the lease, so
 * that concurrent runs take different ones. The lease of a crashed Worker expires.
 */
export function leaseDue({ limit, perEndpoint, leaseMs, failing }: RoundBounds, nowMs: number): Query<Leased[]> {
  const now = sql`CAST(${nowMs} AS INTEGER)`;
  const endpoint = (column: "url" | "secret_no") =>
    sql`(SELECT e.${sql.raw(column)} FROM ${webhookEndpoints} e WHERE e.endpoint_id = webhook_deliveries.endpoint_id)`;
  return rows(sql`
    UPDATE ${webhookDeliveries} SET
      status = iif(give_up_at_ms > ${now}, 'pending', 'failed'),
      error = iif(give_up_at_ms > ${now}, error, coalesce(error, 'it was not tried in time')),
      attempts = attempts + iif(give_up_at_ms > ${now}, 1, 0),
      last_attempt_at_ms = iif(give_up_at_ms > ${now}, ${now}, last_attempt_at_ms),
      next_attempt_at_ms = ${now} + CAST(${leaseMs} AS INTEGER)
    WHERE delivery_id IN (
      SELECT d.delivery_id
      FROM ${webhookEndpoints} e CROSS JOIN ${webhookDeliveries} d ON d.delivery_id IN (
        SELECT due.delivery_id FROM ${webhookDeliveries} due
        WHERE due.endpoint_id = e.endpoint_id AND due.status = 'pending' AND due.next_attempt_at_ms <= ${now}
        ORDER BY due.next_attempt_at_ms LIMIT ${perEndpoint})
      WHERE e.status = 'active' AND e.endpoint_id NOT IN (SELECT value FROM json_each(${JSON.stringify(failing)}))
      ORDER BY row_number() OVER (PARTITION BY d.endpoint_id ORDER BY d.next_attempt_at_ms), d.next_attempt_at_ms LIMIT ${limit})
    RETURNING delivery_id AS "deliveryId", endpoint_id AS "endpointId", event_id AS "eventId", payload, status, attempts,
      give_up_at_ms AS "giveUpAtMs", ${endpoint("url")} AS "url", ${endpoint("secret_no")} AS "secretNo"`);
}

/** Records an attempt. A failure counts only while the lease is held; a success always, because the receiver has the event. */
export function recordAttempt({ deliveryId, attempts }: Leased, attempt: Attempt, verdict: Verdict): Query<number> {
  const isLeased = sql`status = 'pending' AND attempts = ${attempts}`;
  return write(sql`
    UPDATE ${webhookDeliveries} SET status = ${verdict.status}, next_attempt_at_ms = ${verdict.nextAttemptAtMs},
      response_status = ${attempt.responseStatus}, error = ${attempt.error}
    WHERE delivery_id = ${deliveryId} AND ${attempt.error === null ? sql`true` : isLeased}`);
}

/** Disables an endpoint whose receiver answered 410, unless its URL has changed since. */
export function disableGone({ endpointId, url }: Leased, nowMs: number): Query<number> {
  return write(sql`
    UPDATE ${webhookEndpoints} SET status = 'disabled', updated_at_ms = ${nowMs}
    WHERE endpoint_id = ${endpointId} AND url = ${url} AND status = 'active'`);
}

/** Deletes deliveries that were created before a time and are no longer tried, a bounded number at once. */
export function purgeDeliveries(beforeMs: number, nowMs: number, limit: number): Query<number> {
  return write(sql`
    DELETE FROM ${webhookDeliveries} WHERE delivery_id IN (
      SELECT delivery_id FROM ${webhookDeliveries}
      WHERE created_at_ms < ${beforeMs} AND give_up_at_ms < ${nowMs} ORDER BY created_at_ms LIMIT ${limit})`);
}
