import { sql } from "drizzle-orm";
import { index, integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";

/** One row per import: how far it has come. */
export const catalogImports = sqliteTable(
  "catalog_imports",
  {
    importId: text("import_id").primaryKey(),
    atMs: integer("at_ms").notNull(),
    /** Rows that can be written, and those that are. */
    rows: integer("rows").notNull(),
    rowsDone: integer("rows_done").notNull(),
    /** Products whose figures in lists have to be computed anew. */
    stale: integer("stale").notNull(),
    /** The warehouse that the quantities of the file are in; NULL where it has none. */
    warehouseId: text("warehouse_id"),
    /** Variants whose opening stock is to be received, and those that had stock already. */
    stock: integer("stock").notNull().default(0),
    stockKept: integer("stock_kept").notNull().default(0),
  },
  (table) => [index("catalog_imports_at").on(table.atMs)],
);

/**
 * Opening stock that an import has to bring in (S5): a row is written in the batch of the import and deleted when the object has received the
 * units, or marked where it had movements already.
 */
export const openingStock = sqliteTable(
  "opening_stock",
  {
    variantId: text("variant_id").notNull(),
    warehouseId: text("warehouse_id").notNull(),
    productId: text("product_id").notNull(),
    quantity: integer("quantity").notNull(),
    importId: text("import_id").notNull(),
    /** Who caused it, for the ledger; the request is NULL where the audit log has no entry. */
    actor: text("actor").notNull(),
    requestId: text("request_id"),
    atMs: integer("at_ms").notNull(),
    /** What was on hand where there had been movements, so that nothing was received; NULL while it is owed. */
    foundOnHand: integer("found_on_hand"),
  },
  (table) => [
    primaryKey({ columns: [table.variantId, table.warehouseId] }),
    index("opening_stock_import").on(table.importId),
    index("opening_stock_owed")
      .on(table.atMs)
      .where(sql`found_on_hand IS NULL`),
    index("opening_stock_product")
      .on(table.productId)
      .where(sql`found_on_hand IS NULL`),
  ],
);

/** Products whose figures in lists are to be computed anew, because an import changed them; each is deleted in the batch that does it. */
export const staleProducts = sqliteTable(
  "stale_products",
  { productId: text("product_id").primaryKey(), importId: text("import_id").notNull() },
  (table) => [index("stale_products_import").on(table.importId)],
);
