import { sql } from "drizzle-orm";
import { index, integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";
import type { OrderStatus } from "./rules/statuses.ts";

/** Placed orders. `hold_id` names the one attempt whose units the order took (PROTOCOL C5). */
export const orders = sqliteTable("orders", {
  orderId: text("order_id").primaryKey(),
  holdId: text("hold_id").notNull(),
  requestHash: text("request_hash").notNull(),
  status: text("status").$type<OrderStatus>().notNull(),
  paymentMethod: text("payment_method", { enum: ["cod", "card", "upi"] }).notNull(),
  paymentStatus: text("payment_status", { enum: ["cod", "pending", "paid"] }).notNull(),
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
});

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
    lineTotalMinor: integer("line_total_minor").notNull(),
  },
  (table) => [primaryKey({ columns: [table.orderId, table.lineNo] })],
);

/** Which warehouse supplies how many units of a line; of a bundle's line, of which component. */
export const orderAllocations = sqliteTable(
  "order_allocations",
  {
    orderId: text("order_id").notNull(),
    lineNo: integer("line_no").notNull(),
    variantId: text("variant_id").notNull(),
    warehouseId: text("warehouse_id").notNull(),
    productId: text("product_id").notNull(),
    quantity: integer("quantity").notNull(),
  },
  (table) => [primaryKey({ columns: [table.orderId, table.lineNo, table.variantId, table.warehouseId] })],
);

/** Dead holds, and keys that were refused (then with the answer). They count by presence, never by age. */
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

/** What is still owed to the objects: a row per effect, deleted when every object has acknowledged (PROTOCOL S1, S2). */
export const stockActions = sqliteTable(
  "stock_actions",
  {
    actionId: text("action_id").primaryKey(),
    orderId: text("order_id").notNull(),
    holdId: text("hold_id").notNull(),
    kind: text("kind", { enum: ["restock"] }).notNull(),
    /** JSON array of the products whose objects are owed. */
    lines: text("lines").notNull(),
    atMs: integer("at_ms").notNull(),
  },
  (table) => [index("stock_actions_at").on(table.atMs), index("stock_actions_order").on(table.orderId)],
);
