import { index, integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";

/** The answers of keyed writes, each written in the batch of its effect and kept for 24 hours. */
export const idempotency = sqliteTable(
  "idempotency",
  {
    id: text("id").primaryKey(),
    requestHash: text("request_hash").notNull(),
    status: integer("status").notNull(),
    answer: text("answer").notNull(),
    atMs: integer("at_ms").notNull(),
  },
  (table) => [index("idempotency_at").on(table.atMs)],
);

/** The writes of staff, admins and machines, each recorded in the batch of its effect. Paged by its key, newest first. */
export const auditLog = sqliteTable(
  "audit_log",
  {
    atMs: integer("at_ms").notNull(),
    auditId: text("audit_id").notNull(),
    actor: text("actor").notNull(),
    action: text("action").notNull(),
    recordType: text("record_type").notNull(),
    recordId: text("record_id").notNull(),
    /** JSON of the changed members, before and after; NULL where the record did not exist. */
    before: text("before"),
    after: text("after"),
    requestId: text("request_id").notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.atMs, table.auditId] }),
    index("audit_log_record").on(table.recordType, table.recordId, table.atMs),
    index("audit_log_actor").on(table.actor, table.atMs),
  ],
);
