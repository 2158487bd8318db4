import { index, integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";
import type { OrderStatus } from "./rules/statuses.ts";
import { CONDITIONS, EVENTS, RETURN_STATUSES } from "./rules/timeline.ts";

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

/** Returns: what a customer asks to bring back, and what came back, whoever recorded it (a trigger adds those of releases before 0.4.0). */
export const returns = sqliteTable(
  "returns",
  {
    orderId: text("order_id").notNull(),
    returnId: text("return_id").notNull(),
    status: text("status", { enum: RETURN_STATUSES }).notNull(),
    /** JSON: what the customer wants to bring back; NULL for a return that staff recorded as it came. */
    requested: text("requested"),
    reason: text("reason"),
    actor: text("actor").notNull(),
    /** When it was requested or, by staff, recorded. */
    atMs: integer("at_ms").notNull(),
    /** When its first units were received, or when it was rejected. */
    decidedAtMs: integer("decided_at_ms"),
    /** Why it was rejected. */
    rejection: text("rejection"),
  },
  (table) => [
    primaryKey({ columns: [table.orderId, table.returnId] }),
    index("returns_at").on(table.atMs, table.returnId),
    index("returns_status").on(table.status, table.atMs, table.returnId),
  ],
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

/** Questions of objects about shelves that are short, and whose units were cut, each decided once (O11). */
export const shortages = sqliteTable("shortages", {
  shortageId: text("shortage_id").primaryKey(),
  productId: text("product_id").notNull(),
  variantId: text("variant_id").notNull(),
  warehouseId: text("warehouse_id").notNull(),
  /** As it was asked for. */
  quantity: integer("quantity").notNull(),
  /** JSON array of `{orderId, holdId, lineNo, quantity}`. */
  cuts: text("cuts").notNull(),
  actor: text("actor").notNull(),
  atMs: integer("at_ms").notNull(),
});

/** What is being allocated to orders that are short, one for each order at a time; deleted once it is done (O12). */
export const orderFills = sqliteTable(
  "order_fills",
  {
    orderId: text("order_id").primaryKey(),
    fillId: text("fill_id").notNull(),
    holdId: text("hold_id").notNull(),
    /** JSON array of `{lineNo, productId, variantId, warehouseId, to, quantity}`. */
    lines: text("lines").notNull(),
    /** The key of the request, as JSON; NULL where it had none. */
    keyed: text("keyed"),
    actor: text("actor").notNull(),
    atMs: integer("at_ms").notNull(),
  },
  (table) => [index("order_fills_at").on(table.atMs)],
);
