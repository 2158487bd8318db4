import { sql } from "drizzle-orm";
import { index, integer, primaryKey, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";
import { ALERT_KINDS } from "./rules/alert.ts";
import { DELIVERY_STATUSES, ENDPOINT_STATUSES } from "./rules/endpoint.ts";

/** Where events are sent. The signing secret is derived from the id and `secret_no`, so that it is stored nowhere. */
export const webhookEndpoints = sqliteTable("webhook_endpoints", {
  endpointId: text("endpoint_id").primaryKey(),
  url: text("url").notNull(),
  description: text("description"),
  /** JSON array of event types. */
  events: text("events").notNull(),
  status: text("status", { enum: ENDPOINT_STATUSES }).notNull(),
  secretNo: integer("secret_no").notNull(),
  createdAtMs: integer("created_at_ms").notNull(),
  updatedAtMs: integer("updated_at_ms").notNull(),
});

/** The outbox: one row for each endpoint that an event goes to, written in the batch of what happened. */
export const webhookDeliveries = sqliteTable(
  "webhook_deliveries",
  {
    deliveryId: text("delivery_id").primaryKey(),
    endpointId: text("endpoint_id").notNull(),
    eventId: text("event_id").notNull(),
    eventType: text("event_type").notNull(),
    payload: text("payload").notNull(),
    status: text("status", { enum: DELIVERY_STATUSES }).notNull(),
    attempts: integer("attempts").notNull(),
    nextAttemptAtMs: integer("next_attempt_at_ms").notNull(),
    giveUpAtMs: integer("give_up_at_ms").notNull(),
    responseStatus: integer("response_status"),
    error: text("error"),
    createdAtMs: integer("created_at_ms").notNull(),
    lastAttemptAtMs: integer("last_attempt_at_ms"),
  },
  (table) => [
    // By endpoint, so that the backlog of one that is dead is never read to find what is due of the others.
    index("webhook_deliveries_due")
      .on(table.endpointId, table.nextAttemptAtMs)
      .where(sql`status = 'pending'`),
    index("webhook_deliveries_endpoint").on(table.endpointId, table.createdAtMs),
    index("webhook_deliveries_old").on(table.createdAtMs),
  ],
);

/** What somebody should look at. One is open for a subject and kind at a time. */
export const alerts = sqliteTable(
  "alerts",
  {
    openedAtMs: integer("opened_at_ms").notNull(),
    alertId: text("alert_id").notNull(),
    kind: text("kind", { enum: ALERT_KINDS }).notNull(),
    /** The product's id, the order's, or a payment's reference that no order has. */
    subject: text("subject").notNull(),
    /** JSON of the figures that opened it. */
    details: text("details").notNull(),
    closedAtMs: integer("closed_at_ms"),
  },
  (table) => [
    primaryKey({ columns: [table.openedAtMs, table.alertId] }),
    uniqueIndex("alerts_open")
      .on(table.subject, table.kind)
      .where(sql`closed_at_ms IS NULL`),
    index("alerts_open_newest")
      .on(table.openedAtMs)
      .where(sql`closed_at_ms IS NULL`),
    index("alerts_subject").on(table.subject, table.openedAtMs),
    index("alerts_closed")
      .on(table.closedAtMs)
      .where(sql`closed_at_ms IS NOT NULL`),
  ],
);
