import { sql } from "drizzle-orm";
import { index, integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { STOCK_STATUSES } from "./rules/stock-status.ts";

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
 * One row per product, bundles included, so that lists need not read levels. A trigger creates it with the product; afterwards only
 * flushes write it. Its triggers carry every change into `inventory_summary`.
 */
export const productStock = sqliteTable(
  "product_stock",
  {
    productId: text("product_id").primaryKey(),
    available: integer("available").notNull(),
    onHand: integer("on_hand").notNull(),
    reserved: integer("reserved").notNull(),
    allocated: integer("allocated").notNull().default(0),
    asOfMs: integer("as_of_ms").notNull(),
    stockStatus: text("stock_status", { enum: STOCK_STATUSES }).notNull().default("out_of_stock"),
    /** 1 where an active product is at or below its minimum. */
    isLow: integer("is_low").notNull().default(0),
    shortfall: integer("shortfall").notNull().default(0),
    /** JSON array of the units in each warehouse, `{warehouseId, onHand, reserved, allocated}`. */
    levels: text("levels").notNull().default("[]"),
    /** JSON array of the product's rows in `variant_stock`, with what the catalogue says of each variant. */
    variants: text("variants").notNull().default("[]"),
    /** This and the next columns are what the summary counted of the product, so that a change can subtract it. */
    isActive: integer("is_active").notNull().default(0),
    category: text("category"),
    stockValueMinor: integer("stock_value_minor").notNull().default(0),
    retailValueMinor: integer("retail_value_minor").notNull().default(0),
  },
  (table) => [
    index("product_stock_low")
      .on(table.productId)
      .where(sql`is_low = 1`),
    index("product_stock_status").on(table.stockStatus, table.productId),
  ],
);

/**
 * One row per variant of a product with several, and per variant with a minimum of its own: the other variants are their product's row.
 * Flushes write it. Its triggers count what is low in `inventory_summary`, scope `variant`.
 */
export const variantStock = sqliteTable(
  "variant_stock",
  {
    productId: text("product_id").notNull(),
    variantId: text("variant_id").notNull(),
    available: integer("available").notNull(),
    onHand: integer("on_hand").notNull(),
    reserved: integer("reserved").notNull(),
    allocated: integer("allocated").notNull(),
    stockStatus: text("stock_status", { enum: STOCK_STATUSES }).notNull(),
    /** 1 where an active variant is at or below its own minimum. */
    isLow: integer("is_low").notNull(),
    /** 1 where an active variant of several had units, and none is available. */
    isOut: integer("is_out").notNull(),
    isActive: integer("is_active").notNull(),
    shortfall: integer("shortfall").notNull(),
    asOfMs: integer("as_of_ms").notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.productId, table.variantId] }),
    // With all that the list of low stock shows of a variant, so that it reads no row of the table.
    index("variant_stock_low")
      .on(table.productId, table.variantId, table.available, table.shortfall, table.stockStatus, table.asOfMs)
      .where(sql`is_low = 1`),
    index("variant_stock_status")
      .on(table.stockStatus, table.productId)
      .where(sql`is_active = 1`),
  ],
);

/**
 * Sums over all products, kept by triggers: one row for the shop, one per category, one per warehouse, and one that only counts the
 * variants at or below a minimum of their own.
 */
export const inventorySummary = sqliteTable(
  "inventory_summary",
  {
    scope: text("scope", { enum: ["shop", "category", "warehouse", "variant"] }).notNull(),
    /** The category or the warehouse; empty for the shop, for products of no category, and for variants. */
    name: text("name").notNull(),
    products: integer("products").notNull(),
    activeProducts: integer("active_products").notNull(),
    inStock: integer("in_stock").notNull(),
    lowStock: integer("low_stock").notNull(),
    outOfStock: integer("out_of_stock").notNull(),
    /** Active products at or below their minimum, those out of stock included. */
    belowMinimum: integer("below_minimum").notNull(),
    units: integer("units").notNull(),
    stockValueMinor: integer("stock_value_minor").notNull(),
    retailValueMinor: integer("retail_value_minor").notNull(),
    asOfMs: integer("as_of_ms").notNull(),
  },
  (table) => [primaryKey({ columns: [table.scope, table.name] })],
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
    kind: text("kind", { enum: ["restock", "cancel", "ship", "return", "transfer_in", "transfer_back"] }).notNull(),
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
    status: text("status", { enum: ["dispatching", "in_transit", "received", "refused"] }).notNull(),
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
