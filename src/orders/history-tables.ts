import { integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";
import type { OrderStatus } from "./rules/statuses.ts";
import { CONDITIONS, EVENTS } from "./rules/timeline.ts";

/** The timeline of an order. */
export const orderEvents = sqliteTable(
  "order_events",
  {
    orderId: text("order_id").notNull(),
    eventNo: integer("event_no").notNull(),
    what: text("what", { enum: EVENTS }).notNull(),
    fromStatus: text("from_status").$type<OrderStatus>(),
    toStatus: text("to_status").$type<OrderStatus>(),
    actor: text("actor").notNull(),
    note: text("note"),
    /** NULL where it is about no money. */
    amountMinor: integer("amount_minor"),
    atMs: integer("at_ms").notNull(),
  },
  (table) => [primaryKey({ columns: [table.orderId, table.eventNo] })],
);

/** Parcels: what left one warehouse for an order at once. */
export const shipments = sqliteTable(
  "shipments",
  {
    orderId: text("order_id").notNull(),
    shipmentId: text("shipment_id").notNull(),
    warehouseId: text("warehouse_id").notNull(),
    carrier: text("carrier"),
    trackingNumber: text("tracking_number"),
    trackingUrl: text("tracking_url"),
    actor: text("actor").notNull(),
    atMs: integer("at_ms").notNull(),
  },
  (table) => [primaryKey({ columns: [table.orderId, table.shipmentId] })],
);

/** The units in a parcel; of a bundle's line, of each component. */
export const shipmentItems = sqliteTable(
  "shipment_items",
  {
    orderId: text("order_id").notNull(),
    shipmentId: text("shipment_id").notNull(),
    lineNo: integer("line_no").notNull(),
    variantId: text("variant_id").notNull(),
    productId: text("product_id").notNull(),
    quantity: integer("quantity").notNull(),
  },
  (table) => [primaryKey({ columns: [table.orderId, table.shipmentId, table.lineNo, table.variantId] })],
);

/** Units that came back, one row per return, product, variant, warehouse and condition. */
export const returnItems = sqliteTable(
  "return_items",
  {
    orderId: text("order_id").notNull(),
    returnId: text("return_id").notNull(),
    lineNo: integer("line_no").notNull(),
    productId: text("product_id").notNull(),
    variantId: text("variant_id").notNull(),
    warehouseId: text("warehouse_id").notNull(),
    quantity: integer("quantity").notNull(),
    condition: text("condition", { enum: CONDITIONS }).notNull(),
    reason: text("reason").notNull(),
    actor: text("actor").notNull(),
    atMs: integer("at_ms").notNull(),
  },
  (table) => [primaryKey({ columns: [table.orderId, table.returnId, table.lineNo] })],
);

/** Units of lines that were cancelled before they left, one row per cancellation and line. */
export const cancelledItems = sqliteTable(
  "cancelled_items",
  {
    orderId: text("order_id").notNull(),
    cancellationId: text("cancellation_id").notNull(),
    lineNo: integer("line_no").notNull(),
    quantity: integer("quantity").notNull(),
    reason: text("reason"),
    actor: text("actor").notNull(),
    atMs: integer("at_ms").notNull(),
  },
  (table) => [primaryKey({ columns: [table.orderId, table.cancellationId, table.lineNo] })],
);
