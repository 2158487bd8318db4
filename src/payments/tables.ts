import { sql } from "drizzle-orm";
import { index, integer, primaryKey, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";
import { DISPUTE_STATUSES } from "./rules/dispute.ts";
import { PROVIDERS, REFUND_STATUSES } from "./rules/payment.ts";

/** Payments; each reference of a provider once. */
export const payments = sqliteTable(
  "payments",
  {
    orderId: text("order_id").notNull(),
    paymentId: text("payment_id").notNull(),
    provider: text("provider", { enum: PROVIDERS }).notNull(),
    /** The provider's reference: a transaction's number, or Stripe's payment intent. */
    reference: text("reference").notNull(),
    amountMinor: integer("amount_minor").notNull(),
    currency: text("currency").notNull(),
    actor: text("actor").notNull(),
    atMs: integer("at_ms").notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.orderId, table.paymentId] }),
    uniqueIndex("payments_reference").on(table.provider, table.reference),
  ],
);

/** Payments that were begun with a provider. */
export const paymentIntents = sqliteTable(
  "payment_intents",
  {
    intentId: text("intent_id").primaryKey(),
    orderId: text("order_id").notNull(),
    amountMinor: integer("amount_minor").notNull(),
    createdAtMs: integer("created_at_ms").notNull(),
    /** When the provider ended it unpaid: the next payment of the order is another one. */
    canceledAtMs: integer("canceled_at_ms"),
  },
  (table) => [index("payment_intents_order").on(table.orderId)],
);

/** Refunds. */
export const refunds = sqliteTable(
  "refunds",
  {
    orderId: text("order_id").notNull(),
    refundId: text("refund_id").notNull(),
    /** The refunded payment; one refund of an order may be several rows. */
    paymentId: text("payment_id").notNull(),
    amountMinor: integer("amount_minor").notNull(),
    reason: text("reason").notNull(),
    status: text("status", { enum: REFUND_STATUSES }).notNull(),
    /** The provider's reference, once it has one. */
    providerReference: text("provider_reference"),
    actor: text("actor").notNull(),
    atMs: integer("at_ms").notNull(),
    /** When the sweep has to send it to the provider again; NULL where nothing is due. */
    dueAtMs: integer("due_at_ms"),
  },
  (table) => [
    primaryKey({ columns: [table.orderId, table.refundId] }),
    uniqueIndex("refunds_provider_reference")
      .on(table.providerReference)
      .where(sql`provider_reference IS NOT NULL`),
    index("refunds_due")
      .on(table.dueAtMs)
      .where(sql`due_at_ms IS NOT NULL`),
  ],
);

/** Payments that a customer disputed at their bank. An order's row counts those that are open. */
export const disputes = sqliteTable(
  "disputes",
  {
    /** The provider's. */
    disputeId: text("dispute_id").primaryKey(),
    orderId: text("order_id").notNull(),
    paymentId: text("payment_id").notNull(),
    amountMinor: integer("amount_minor").notNull(),
    reason: text("reason").notNull(),
    status: text("status", { enum: DISPUTE_STATUSES }).notNull(),
    openedAtMs: integer("opened_at_ms").notNull(),
    closedAtMs: integer("closed_at_ms"),
    /** When the provider made the newest report that counted, in seconds. */
    reportedAtS: integer("reported_at_s").notNull(),
  },
  (table) => [index("disputes_order").on(table.orderId)],
);

/** Handled events of a provider. */
export const providerEvents = sqliteTable(
  "provider_events",
  {
    eventId: text("event_id").primaryKey(),
    type: text("type").notNull(),
    atMs: integer("at_ms").notNull(),
  },
  (table) => [index("provider_events_at").on(table.atMs)],
);
