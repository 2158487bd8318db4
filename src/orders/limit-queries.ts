import { type SQL, sql } from "drizzle-orm";
import { products } from "../catalog/tables.ts";
import { type Query, rows, write } from "../db/client.ts";
import type { LimitedProduct } from "../pricing/rules/lines.ts";
import { limitedPurchases } from "./limit-tables.ts";
import { orderItems, orders } from "./tables.ts";

/** The column that fails the record of an order with one unit more than its customer may buy. */
export const CUSTOMER_LIMIT = "limited_purchases.quantity";

/** Units of a product in a customer's orders: those of cancelled and expired ones, and of cancelled lines, do not count. */
function boughtBy(productId: SQL, customer: SQL): SQL {
  return sql`(SELECT coalesce(sum(i.quantity - i.cancelled), 0) FROM ${limitedPurchases} b
    CROSS JOIN ${orders} o ON o.order_id = b.order_id
    CROSS JOIN ${orderItems} i ON i.order_id = b.order_id AND i.product_id = b.product_id
    WHERE b.product_id = ${productId} AND b.customer = ${customer} AND o.status NOT IN ('CANCELLED', 'EXPIRED'))`;
}

const PRODUCT = sql`w.value->>'productId'`;
const CUSTOMER = sql`c.value`;

/**
 * Counts an order's units of limited products, in the batch that records it and before its lines, or in the one that reopens it and before it is open. The quantity becomes NULL where it would be
 * more than the customer may buy by now, so that NOT NULL fails the whole batch. No limits, no statement.
 */
export function countPurchases(
  orderId: string,
  limits: readonly LimitedProduct[],
  customers: readonly string[],
): Query<number>[] {
  const counted = limits.filter(({ maxPerCustomer }) => maxPerCustomer !== null);
  if (counted.length === 0) return [];
  const units = sql`CAST(w.value->>'quantity' AS INTEGER)`;
  return [
    write(sql`
      INSERT INTO ${limitedPurchases} (product_id, customer, order_id, quantity)
      SELECT ${PRODUCT}, ${CUSTOMER}, ${orderId}, iif(
        p.max_per_customer IS NULL OR ${boughtBy(PRODUCT, CUSTOMER)} + ${units} <= p.max_per_customer, ${units}, NULL)
      FROM json_each(${JSON.stringify(counted)}) w CROSS JOIN json_each(${JSON.stringify(customers)}) c
      CROSS JOIN ${products} p ON p.product_id = ${PRODUCT} WHERE true
      ON CONFLICT DO UPDATE SET quantity = excluded.quantity`),
  ];
}

/** What a customer has bought of limited products, and may buy in all: by whichever of account, e-mail and phone most was bought. */
export function findBought(
  productIds: readonly string[],
  customers: readonly string[],
): Query<{ productId: string; bought: number; maxPerCustomer: number | null }[]> {
  return rows(sql`
    SELECT p.product_id AS "productId", max(${boughtBy(sql`p.product_id`, CUSTOMER)}) AS "bought", p.max_per_customer AS "maxPerCustomer"
    FROM json_each(${JSON.stringify(productIds)}) w CROSS JOIN ${products} p ON p.product_id = w.value
    CROSS JOIN json_each(${JSON.stringify(customers)}) c GROUP BY p.product_id`);
}
