import { sql } from "drizzle-orm";
import { index, integer, primaryKey, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";
import { ALERT_KINDS } from "./rules/alert.ts";
import { DELIVERY_STATUSES, ENDPOINT_STATUSES } from "./rules/endpoint.ts";

/** Webhook endpoints. The signing secret is derived from the id and `secret_no` and stored nowhere. */
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

/** The outbox: one row per event and endpoint, written in the batch that causes the event. */
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
    // By endpoint, so that finding the due deliveries of one never reads the backlog of another.
    index("webhook_deliveries_due")
      .on(table.endpointId, table.nextAttemptAtMs)
      .where(sql`status = 'pending'`),
    index("webhook_deliveries_endpoint").on(table.endpointId, table.createdAtMs),
    index("webhook_deliveries_old").on(table.createdAtMs),
  ],
);

/** Alerts for the staff. At most one is open per subject and kind. */
export const alerts = sqliteTable(
  "alerts",
  {
    openedAtMs: integer("opened_at_ms").notNull(),
    alertId: text("alert_id").notNull(),
    kind: text("kind", { enum: ALERT_KINDS }).notNull(),
    /** The id of the product or order, or the reference of a payment without an order. */
    subject: text("subject").notNull(),
    /** JSON of the figures that opened the alert. */
    details: text("details").notNull(),
    closedAtMs: integer("closed_at_ms"),
    /** Who has seen it, when, and what they noted; it stays open until its cause ends. */
    acknowledgedAtMs: integer("acknowledged_at_ms"),
    acknowledgedBy: text("acknowledged_by"),
    note: text("note"),
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
    index("alerts_id").on(table.alertId, table.openedAtMs),
    index("alerts_closed")
      .on(table.closedAtMs)
      .where(sql`closed_at_ms IS NOT NULL`),
  ],
);
