import { index, integer, sqliteTable, text } from "drizzle-orm/sqlite-core";

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
