import { sql } from "drizzle-orm";
import { check, index, integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { PAYMENT_METHODS } from "../rules/payment-methods.ts";
import { PAYMENT_STATUSES, STORED_FULFILLMENTS } from "./rules/order.ts";
import type { OrderStatus } from "./rules/statuses.ts";

/** Placed orders. `hold_id` names the one attempt whose units the order took (C5). */
export const orders = sqliteTable(
  "orders",
  {
    orderId: text("order_id").primaryKey(),
    holdId: text("hold_id").notNull(),
    requestHash: text("request_hash").notNull(),
    status: text("status").$type<OrderStatus>().notNull(),
    paymentMethod: text("payment_method", { enum: PAYMENT_METHODS }).notNull(),
    paymentStatus: text("payment_status", { enum: PAYMENT_STATUSES }).notNull(),
    paymentDueAtMs: integer("payment_due_at_ms"),
    customerName: text("customer_name").notNull(),
    customerEmail: text("customer_email"),
    customerPhone: text("customer_phone"),
    deliveryAddress: text("delivery_address"),
    postalCode: text("postal_code"),
    country: text("country").notNull(),
    deliveryMethod: text("delivery_method").notNull(),
    notes: text("notes"),
    rankedBy: text("ranked_by").notNull(),
    currency: text("currency").notNull(),
    subtotalMinor: integer("subtotal_minor").notNull(),
    deliveryCostMinor: integer("delivery_cost_minor").notNull(),
    totalMinor: integer("total_minor").notNull(),
    estimatedDeliveryAtMs: integer("estimated_delivery_at_ms").notNull(),
    createdAtMs: integer("created_at_ms").notNull(),
    updatedAtMs: integer("updated_at_ms").notNull(),
    /** The customer whose order it is; NULL for a guest's. */
    userId: text("user_id"),
    /** When it was hidden from lists; its rows stay. */
    deletedAtMs: integer("deleted_at_ms"),
    /** When the sweep handles it: expires it unpaid, or raises an alert. NULL where nothing is due. */
    dueAtMs: integer("due_at_ms"),
    discountMinor: integer("discount_minor").notNull().default(0),
    taxMinor: integer("tax_minor").notNull().default(0),
    /** 1 where prices include `tax_minor`, 0 where it was added to them. */
    taxIncluded: integer("tax_included").notNull().default(1),
    promoCode: text("promo_code"),
    /** JSON: its uses of limited rules, returned when it is cancelled or expires; NULL where there are none. */
    rulesUsed: text("rules_used"),
    /** The cart that it was checked out from. */
    cartId: text("cart_id"),
    paidMinor: integer("paid_minor").notNull().default(0),
    refundedMinor: integer("refunded_minor").notNull().default(0),
    /** Disputes of its payments that have not ended. */
    openDisputes: integer("open_disputes").notNull().default(0),
    /** NULL until the first shipment. A completed or returned order is fulfilled whatever it says. */
    fulfillmentStatus: text("fulfillment_status", { enum: STORED_FULFILLMENTS }),
    /** For staff only. */
    staffNote: text("staff_note"),
    /** JSON array of texts; NULL where there are none. */
    tags: text("tags"),
    /** 1 where a shelf turned out to have fewer units than the order was promised. */
    stockShort: integer("stock_short").notNull().default(0),
    /** 1 where the products' `units_sold` have its units. */
    unitsCounted: integer("units_counted").notNull().default(0),
    /** JSON: the lines of an address that came in parts; they make `delivery_address`. */
    address: text("address"),
  },
  (table) => [
    check("orders_refunded", sql`refunded_minor >= 0 AND refunded_minor <= paid_minor`),
    index("orders_created").on(table.createdAtMs),
    index("orders_status").on(table.status, table.createdAtMs),
    index("orders_email")
      .on(table.customerEmail, table.createdAtMs)
      .where(sql`customer_email IS NOT NULL`),
    index("orders_phone")
      .on(table.customerPhone, table.createdAtMs)
      .where(sql`customer_phone IS NOT NULL`),
    index("orders_user")
      .on(table.userId, table.createdAtMs)
      .where(sql`user_id IS NOT NULL`),
    index("orders_due")
      .on(table.dueAtMs)
      .where(sql`due_at_ms IS NOT NULL`),
    index("orders_late")
      .on(table.dueAtMs)
      .where(sql`status = 'EXPIRED' AND payment_status = 'paid'`),
    index("orders_to_count")
      .on(table.createdAtMs)
      .where(sql`units_counted <> (status = 'COMPLETED')`),
    // What few orders have. An order that was just placed is in none of them, so that placing it writes no more, unless it is free.
    index("orders_payment")
      .on(table.paymentStatus, table.createdAtMs)
      .where(sql`payment_status NOT IN ('cod', 'pending')`),
    index("orders_disputed")
      .on(table.createdAtMs)
      .where(sql`open_disputes > 0`),
    index("orders_partially_fulfilled")
      .on(table.createdAtMs)
      .where(sql`fulfillment_status = 'partially_fulfilled'`),
    index("orders_stock_short")
      .on(table.createdAtMs)
      .where(sql`stock_short = 1`),
  ],
);

/** The tags of orders, for the list of one tag's orders, newest first. A trigger keeps them by `orders.tags`, whoever writes that. */
export const orderTags = sqliteTable(
  "order_tags",
  {
    tag: text("tag").notNull(),
    createdAtMs: integer("created_at_ms").notNull(),
    orderId: text("order_id").notNull(),
  },
  (table) => [primaryKey({ columns: [table.tag, table.createdAtMs, table.orderId] })],
);

/** The lines of an order as they were sold. */
export const orderItems = sqliteTable(
  "order_items",
  {
    orderId: text("order_id").notNull(),
    lineNo: integer("line_no").notNull(),
    productId: text("product_id").notNull(),
    variantId: text("variant_id").notNull(),
    sku: text("sku").notNull(),
    name: text("name").notNull(),
    quantity: integer("quantity").notNull(),
    unitPriceMinor: integer("unit_price_minor").notNull(),
    /** After discounts, without a tax that is added. */
    lineTotalMinor: integer("line_total_minor").notNull(),
    discountMinor: integer("discount_minor").notNull().default(0),
    taxMinor: integer("tax_minor").notNull().default(0),
    taxBps: integer("tax_bps").notNull().default(0),
    /** JSON: the discounts by rule. */
    discounts: text("discounts").notNull().default("[]"),
    /** Units that the customer no longer gets. */
    cancelled: integer("cancelled").notNull().default(0),
  },
  (table) => [primaryKey({ columns: [table.orderId, table.lineNo] })],
);

/** The units of a line that each warehouse supplies; of a bundle's line, of each component. */
export const orderAllocations = sqliteTable(
  "order_allocations",
  {
    orderId: text("order_id").notNull(),
    lineNo: integer("line_no").notNull(),
    variantId: text("variant_id").notNull(),
    warehouseId: text("warehouse_id").notNull(),
    productId: text("product_id").notNull(),
    quantity: integer("quantity").notNull(),
    /** Units that have left. A completed or returned order has shipped what was not cancelled, whatever it says. */
    shipped: integer("shipped").notNull().default(0),
    /** Units that the customer no longer gets; they never left. */
    cancelled: integer("cancelled").notNull().default(0),
    /** Units that are still owed and were not on the shelf; no object has them allocated. */
    short: integer("short").notNull().default(0),
  },
  (table) => [primaryKey({ columns: [table.orderId, table.lineNo, table.variantId, table.warehouseId] })],
);

/** Dead holds, and refused keys with their answer. They count by presence, never by age. */
export const fences = sqliteTable(
  "fences",
  {
    id: text("id").primaryKey(),
    answer: text("answer"),
    atMs: integer("at_ms").notNull(),
  },
  (table) => [
    index("fences_at").on(table.atMs),
    index("fences_refusals")
      .on(table.atMs)
      .where(sql`answer IS NOT NULL`),
  ],
);

/** The warehouses that supply an order, for the list of one warehouse's orders, newest first. */
export const orderWarehouses = sqliteTable(
  "order_warehouses",
  {
    warehouseId: text("warehouse_id").notNull(),
    createdAtMs: integer("created_at_ms").notNull(),
    orderId: text("order_id").notNull(),
  },
  (table) => [primaryKey({ columns: [table.warehouseId, table.createdAtMs, table.orderId] })],
);
