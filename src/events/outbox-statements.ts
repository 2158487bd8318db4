import { type SQL, sql } from "drizzle-orm";
import { GIVE_UP_AFTER_MS } from "./rules/attempt.ts";
import type { EventType } from "./rules/event-types.ts";
import { webhookDeliveries, webhookEndpoints } from "./tables.ts";

/**
 * Writes one delivery for each active endpoint that wants an event, in the batch of what happened; nothing where none does.
 * @param source a SELECT of the columns `event_id`, ASCII and unique to what happened, and `data`, JSON; one row per event.
 *   The id is kept with `~` for a full stop, which Standard Webhooks forbids in it and no id of a product or order has
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
