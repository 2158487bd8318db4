import { type SQL, sql } from "drizzle-orm";
import { type Query, row, write } from "../../db/client.ts";
import { insertDeliveries } from "../../events/outbox-statements.ts";
import { orderEvents } from "../history-tables.ts";
import { orders } from "../tables.ts";

/** It becomes NULL where the order was deleted meanwhile. */
export const LINK_GUARD = "order_events.what";

/** Whoever asks again within an hour has a mail already. */
const PAUSE_MS = 3_600_000;
/** The most requests of an order: its page shows its whole timeline. */
const MAX_REQUESTS = 50;

/** An order that was not deleted. */
export function findShown(orderId: string): Query<unknown> {
  return row(sql`SELECT 1 FROM ${orders} WHERE order_id = ${orderId} AND deleted_at_ms IS NULL`);
}

/** Adds to the timeline of an order that a link to it was made. */
export function insertLinkMade(orderId: string, actor: string, atMs: number): Query<number> {
  return write(sql`
    INSERT INTO ${orderEvents} (order_id, event_no, what, actor, at_ms)
    SELECT ${orderId}, coalesce(max(event_no), 0) + 1,
      iif(EXISTS (SELECT 1 FROM ${orders} WHERE order_id = ${orderId} AND deleted_at_ms IS NULL), 'link_made', NULL),
      ${actor}, CAST(${atMs} AS INTEGER)
    FROM ${orderEvents} WHERE order_id = ${orderId}`);
}

/** A request for a link. */
interface Asked {
  orderId: string;
  /** As the order has it; null where it has another. */
  email: string | null;
  actor: string;
  atMs: number;
}

/** Adds to the timeline of an order that a link to it is asked for, where it still has the address and nobody asked within the hour. */
export function insertLinkRequest({ orderId, email, actor, atMs }: Asked): Query<number> {
  return write(sql`
    INSERT INTO ${orderEvents} (order_id, event_no, what, actor, at_ms)
    SELECT o.order_id, (SELECT coalesce(max(event_no), 0) + 1 FROM ${orderEvents} WHERE order_id = o.order_id), 'link_requested', ${actor},
      CAST(${atMs} AS INTEGER)
    FROM ${orders} o
    WHERE o.order_id = ${orderId} AND o.customer_email = ${email} AND o.deleted_at_ms IS NULL
      AND (SELECT count(*) < ${MAX_REQUESTS} AND coalesce(max(at_ms), 0) <= CAST(${atMs - PAUSE_MS} AS INTEGER)
        FROM ${orderEvents} WHERE order_id = o.order_id AND what = 'link_requested')`);
}

/** Tells webhooks of a request, in its batch and after it, where it was added. @param payload JSON of what they are told; absent where there is no order */
export function tellLinkRequest({ orderId, atMs }: Asked, payload: SQL = sql`'{}'`): Query<number> {
  const source = sql`
    SELECT ${`${orderId}:link_requested:${atMs}`} AS event_id, ${payload} AS data
    WHERE EXISTS (SELECT 1 FROM ${orderEvents} WHERE order_id = ${orderId} AND what = 'link_requested' AND at_ms = CAST(${atMs} AS INTEGER))`;
  return write(insertDeliveries("order.link_requested", source, atMs));
}
