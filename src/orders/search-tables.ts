import { integer, primaryKey, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";

/**
 * What a search looks in, of each order that is indexed, folded. Row numbers are in the order of time, and are the rows of the full-text
 * index `orders_search`, which triggers keep. Orders that are newer or older than all of these are not indexed yet.
 */
export const orderTexts = sqliteTable(
  "order_texts",
  {
    rowNo: integer("row_no").primaryKey(),
    createdAtMs: integer("created_at_ms").notNull(),
    orderId: text("order_id").notNull(),
    text: text("text").notNull(),
  },
  (table) => [uniqueIndex("order_texts_created").on(table.createdAtMs, table.orderId)],
);

/** Orders whose text is another since it was indexed, or that came between indexed ones. A search compares them themselves. */
export const orderTextChanges = sqliteTable(
  "order_text_changes",
  { createdAtMs: integer("created_at_ms").notNull(), orderId: text("order_id").notNull() },
  (table) => [primaryKey({ columns: [table.createdAtMs, table.orderId] })],
);
