import { index, integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";

/** The answers of keyed writes, each written in the batch of its effect and kept 24 hours (DESIGN §9). */
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

/** Every write of staff, admins and machines, each in the batch of its effect. Paged newest first by its key. */
export const auditLog = sqliteTable(
  "audit_log",
  {
    atMs: integer("at_ms").notNull(),
    auditId: text("audit_id").notNull(),
    actor: text("actor").notNull(),
    action: text("action").notNull(),
    recordType: text("record_type").notNull(),
    recordId: text("record_id").notNull(),
    /** JSON of what the write changed, before and after; NULL where there was nothing. */
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
