import { type SQL, sql } from "drizzle-orm";
import type { EventType } from "./rules/event-types.ts";
import { webhookDeliveries, webhookEndpoints } from "./tables.ts";

/** Standard Webhooks: a message is tried for this long. */
const GIVE_UP_AFTER_MS = 86_400_000;

/**
 * Writes one delivery for each active endpoint that wants an event, in the batch of what happened; nothing where none does.
 * @param source a SELECT of the columns `event_id`, unique to what happened, and `data`, JSON; one row per event
 */
export function insertDeliveries(type: EventType, source: SQL, nowMs: number): SQL {
  const at = sql`CAST(${nowMs} AS INTEGER)`;
  const timestamp = new Date(nowMs).toISOString();
  return sql`
    INSERT OR IGNORE INTO ${webhookDeliveries} (delivery_id, endpoint_id, event_id, event_type, payload, status, attempts,
      next_attempt_at_ms, give_up_at_ms, created_at_ms)
    SELECT event.event_id || ':' || e.endpoint_id, e.endpoint_id, event.event_id, ${type},
      json_object('type', ${type}, 'timestamp', ${timestamp}, 'data', json(event.data)), 'pending', 0,
      ${at}, ${at} + ${GIVE_UP_AFTER_MS}, ${at}
    FROM ${webhookEndpoints} e CROSS JOIN (${source}) event
    WHERE e.status = 'active' AND EXISTS (SELECT 1 FROM json_each(e.events) WHERE value = ${type})`;
}
