import { type SQL, sql } from "drizzle-orm";
import { GIVE_UP_AFTER_MS } from "./rules/attempt.ts";
import type { EventType } from "./rules/event-types.ts";
import { webhookDeliveries, webhookEndpoints } from "./tables.ts";

/**
 * Writes one delivery for each active endpoint that subscribes to the event; belongs in the batch that causes the event.
 * @param source a SELECT with one row per event and the columns `event_id`, unique ASCII, and `data`, JSON. Full stops in the id are
 *   stored as `~`: Standard Webhooks forbids them, and no id of a product or order has a `~`
 */
export function insertDeliveries(type: EventType, source: SQL, nowMs: number): SQL {
  const at = sql`CAST(${nowMs} AS INTEGER)`;
  const eventId = sql`replace(event.event_id, '.', '~')`;
  const timestamp = new Date(nowMs).toISOString();
  return sql`
    INSERT OR IGNORE INTO ${webhookDeliveries} (delivery_id, endpoint_id, event_id, event_type, payload, status, attempts,
      next_attempt_at_ms, give_up_at_ms, created_at_ms)
    SELECT ${eventId} || ':' || e.endpoint_id, e.endpoint_id, ${eventId}, ${type},
      json_object('type', ${type}, 'timestamp', ${timestamp}, 'data', json(event.data)), 'pending', 0,
      ${at}, ${at} + ${GIVE_UP_AFTER_MS}, ${at}
    FROM ${webhookEndpoints} e CROSS JOIN (${source}) event
    WHERE e.status = 'active' AND EXISTS (SELECT 1 FROM json_each(e.events) WHERE value = ${type})`;
}
