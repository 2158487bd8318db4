import { integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";

/**
 * The orders of a customer with a product of which each customer may buy only so many: a row for each of the customer's account, e-mail and
 * phone. Whether it counts, and how many units, its order's own rows say, so nothing is returned when one is cancelled.
 */
export const limitedPurchases = sqliteTable(
  "limited_purchases",
  {
    productId: text("product_id").notNull(),
    /** Such as `email:asha@example.com`. */
    customer: text("customer").notNull(),
    orderId: text("order_id").notNull(),
    /** As it was ordered. The record of one unit too many makes it NULL, which fails the batch. */
    quantity: integer("quantity").notNull(),
  },
  (table) => [primaryKey({ columns: [table.productId, table.customer, table.orderId] })],
);
