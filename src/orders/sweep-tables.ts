import { integer, sqliteTable, text } from "drizzle-orm/sqlite-core";

/** How far a step of the sweep has come. */
export const sweepMarks = sqliteTable("sweep_marks", {
  step: text("step").primaryKey(),
  atMs: integer("at_ms").notNull(),
});
