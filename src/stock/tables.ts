import { integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";

// The projection of the objects in D1 (DESIGN §6): written by order batches and flushes, guarded by version, read by lists.

/** One row per variant and warehouse. The key begins with the product, so a product's levels are one range. */
export const stockLevels = sqliteTable(
  "stock_levels",
  {
    productId: text("product_id").notNull(),
    variantId: text("variant_id").notNull(),
    warehouseId: text("warehouse_id").notNull(),
    onHand: integer("on_hand").notNull(),
    reserved: integer("reserved").notNull(),
    version: integer("version").notNull(),
    asOfMs: integer("as_of_ms").notNull(),
  },
  (table) => [primaryKey({ columns: [table.productId, table.variantId, table.warehouseId] })],
);

/** The movements that changed what is on hand; `seq` is the object's own. */
export const stockMovements = sqliteTable(
  "stock_movements",
  {
    productId: text("product_id").notNull(),
    seq: integer("seq").notNull(),
    kind: text("kind").notNull(),
    variantId: text("variant_id").notNull(),
    warehouseId: text("warehouse_id").notNull(),
    deltaOnHand: integer("delta_on_hand").notNull(),
    onHandAfter: integer("on_hand_after").notNull(),
    reason: text("reason"),
    referenceType: text("reference_type").notNull(),
    referenceId: text("reference_id").notNull(),
    externalReference: text("external_reference"),
    actor: text("actor").notNull(),
    atMs: integer("at_ms").notNull(),
  },
  (table) => [primaryKey({ columns: [table.productId, table.seq] })],
);

/** One row per product, bundles too: what a list shows without reading levels. Written by flushes alone. */
export const productStock = sqliteTable("product_stock", {
  productId: text("product_id").primaryKey(),
  available: integer("available").notNull(),
  onHand: integer("on_hand").notNull(),
  reserved: integer("reserved").notNull(),
  asOfMs: integer("as_of_ms").notNull(),
});
