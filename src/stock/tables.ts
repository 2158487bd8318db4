import { sql } from "drizzle-orm";
import { index, integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";

// The projection of the objects in D1, which lists read. Order batches and flushes write it, guarded by version (F2).

/** One row per variant and warehouse. The key begins with the product, so a product's levels are one range. */
export const stockLevels = sqliteTable(
  "stock_levels",
  {
    productId: text("product_id").notNull(),
    variantId: text("variant_id").notNull(),
    warehouseId: text("warehouse_id").notNull(),
    onHand: integer("on_hand").notNull(),
    reserved: integer("reserved").notNull(),
    allocated: integer("allocated").notNull().default(0),
    version: integer("version").notNull(),
    asOfMs: integer("as_of_ms").notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.productId, table.variantId, table.warehouseId] }),
    index("stock_levels_warehouse").on(table.warehouseId, table.productId),
  ],
);

/** The movements that changed what is on hand; `seq` counts within the product's object. */
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
  (table) => [primaryKey({ columns: [table.productId, table.seq] }), index("stock_movements_at").on(table.atMs)],
);

/**
 * Pending actions: effects that the objects have not yet confirmed. A row is written in the batch of its cause and deleted when every
 * object has acknowledged (S1, S2).
 */
export const stockActions = sqliteTable(
  "stock_actions",
  {
    actionId: text("action_id").primaryKey(),
    /** The order's id, or the transfer's. */
    orderId: text("order_id").notNull(),
    /** What it is about at the objects: the id of a hold, return, receipt or transfer. */
    holdId: text("hold_id").notNull(),
    kind: text("kind", {
      enum: ["restock", "cancel", "cancel_units", "ship", "return", "transfer_in", "transfer_back"],
    }).notNull(),
    /** JSON array: of product ids for `restock` and `transfer_back`, else of `{productId, variantId, warehouseId, quantity}`. */
    lines: text("lines").notNull(),
    atMs: integer("at_ms").notNull(),
    /** JSON of who caused it and why, for the ledger, and of a shipment's id; NULL for `restock` and `transfer_back`. */
    cause: text("cause"),
  },
  (table) => [index("stock_actions_at").on(table.atMs), index("stock_actions_order").on(table.orderId)],
);

/** Transfers between warehouses. */
export const transfers = sqliteTable(
  "transfers",
  {
    transferId: text("transfer_id").primaryKey(),
    fromWarehouseId: text("from_warehouse_id").notNull(),
    toWarehouseId: text("to_warehouse_id").notNull(),
    status: text("status", { enum: ["dispatching", "in_transit", "received", "recalled", "refused"] }).notNull(),
    reason: text("reason"),
    reference: text("reference"),
    actor: text("actor").notNull(),
    requestId: text("request_id").notNull(),
    /** JSON of the refusal, if units were not free. */
    refusal: text("refusal"),
    /** No object dispatches units after this time, so that the sweep can settle the transfer. */
    dispatchByMs: integer("dispatch_by_ms").notNull(),
    createdAtMs: integer("created_at_ms").notNull(),
    updatedAtMs: integer("updated_at_ms").notNull(),
  },
  (table) => [
    index("transfers_created").on(table.createdAtMs),
    index("transfers_open")
      .on(table.createdAtMs)
      .where(sql`status IN ('dispatching', 'in_transit')`),
    index("transfers_dispatching")
      .on(table.dispatchByMs)
      .where(sql`status = 'dispatching'`),
  ],
);

export const transferItems = sqliteTable(
  "transfer_items",
  {
    transferId: text("transfer_id").notNull(),
    lineNo: integer("line_no").notNull(),
    productId: text("product_id").notNull(),
    variantId: text("variant_id").notNull(),
    quantity: integer("quantity").notNull(),
    received: integer("received").notNull(),
  },
  (table) => [primaryKey({ columns: [table.transferId, table.lineNo] })],
);

/** The progress of the nightly audit. One row. */
export const stockAudits = sqliteTable("stock_audits", {
  auditId: text("audit_id").primaryKey(),
  /** The row number of the last checked product; 0 before the first. */
  lastRow: integer("last_row").notNull(),
  checked: integer("checked").notNull(),
  differing: integer("differing").notNull(),
  startedAtMs: integer("started_at_ms").notNull(),
  updatedAtMs: integer("updated_at_ms").notNull(),
});
