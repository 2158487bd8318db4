import { integer, sqliteTable, text } from "drizzle-orm/sqlite-core";

/** One row: in what the shop's amounts are stored. */
export const shopCurrency = sqliteTable("shop_currency", {
  /** Always 1. */
  id: integer("id").primaryKey(),
  currency: text("currency").notNull(),
  decimals: integer("decimals").notNull(),
  atMs: integer("at_ms").notNull(),
});
