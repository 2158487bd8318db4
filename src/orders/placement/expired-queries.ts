import { type SQL, sql } from "drizzle-orm";
import { pickupJson } from "../lifecycle/webhook-queries.ts";
import { orderAllocations, orderItems } from "../tables.ts";

/** D1 allows 32 arguments per function: `json_insert` takes the document and two for each member. */
const MEMBERS_PER_CALL = 15;

/**
 * What webhooks are told of an order that expires, from its row `orders` before it does: what `toEventPayload` says of the row after it.
 * Nothing of a PENDING order has left or come back.
 */
export function expiredPayload(decimals: number, at: SQL): SQL {
  const amount = (column: string) => majorOf(sql.raw(`orders.${column}`), decimals);
  return jsonOf({
    ...columns("orders", ["order_id"]),
    status: sql`'EXPIRED'`,
    ...columns("orders", ["payment_method"]),
    payment_status: sql`iif(orders.open_disputes > 0, 'disputed', ${EXPIRED_PAYMENT_STATUS})`,
    fulfillment_status: sql`coalesce(orders.fulfillment_status, 'unfulfilled')`,
    stock_short: sql`json('false')`,
    payment_due_at: isoOf(sql`orders.payment_due_at_ms`),
    customer_id: sql`orders.user_id`,
    ...columns("orders", ["customer_name", "customer_email", "customer_phone", "delivery_address"]),
    address: ADDRESS,
    ...columns("orders", ["postal_code", "country"]),
    ...columns("orders", ["delivery_method", "notes", "promo_code"]),
    subtotal: amount("subtotal_minor"),
    discount_total: amount("discount_minor"),
    tax_total: amount("tax_minor"),
    prices_include_tax: sql`json(iif(orders.tax_included = 1, 'true', 'false'))`,
    delivery_cost: amount("delivery_cost_minor"),
    total: amount("total_minor"),
    ...columns("orders", ["currency"]),
    paid_total: amount("paid_minor"),
    refunded_total: amount("refunded_minor"),
    amount_due: sql`0`,
    refund_due: majorOf(HELD, decimals),
    estimated_delivery_at: isoOf(sql`orders.estimated_delivery_at_ms`),
    created_at: isoOf(sql`orders.created_at_ms`),
    updated_at: isoOf(expiredAt(at)),
    deleted_at: isoOf(sql`orders.deleted_at_ms`),
    warehouse_id: SOLE_WAREHOUSE,
    pickup_warehouse: sql`iif(orders.delivery_method = 'self_service', ${pickupJson(SOLE_WAREHOUSE)}, NULL)`,
    lines: linesOf(decimals),
    shipments: sql`json_array()`,
    from: sql`'PENDING'`,
    to: sql`'EXPIRED'`,
  });
}

/** What was paid for the order and not refunded. */
export const HELD = sql.raw("orders.paid_minor - orders.refunded_minor");

/** The payment status of the order once it has expired. */
export const EXPIRED_PAYMENT_STATUS = sql.raw(
  "iif(orders.paid_minor > orders.refunded_minor, 'refund_due', orders.payment_status)",
);

/** When the order was last changed, once it has expired at a time. */
export function expiredAt(at: SQL): SQL {
  return sql`max(${at}, orders.updated_at_ms + 1)`;
}

/** An amount in major units. */
export function majorOf(minor: SQL, decimals: number): SQL {
  return sql`(${minor}) / ${sql.raw(`${10 ** decimals}.0`)}`;
}

const ADDRESS = sql.raw("json(json_set(orders.address, '$.postal_code', orders.postal_code, '$.country', orders.country))");

const SOLE_WAREHOUSE = sql`(SELECT iif(min(a.warehouse_id) = max(a.warehouse_id), min(a.warehouse_id), NULL)
  FROM ${orderAllocations} a WHERE a.order_id = orders.order_id)`;

function linesOf(decimals: number): SQL {
  const line = jsonOf({
    ...columns("i", ["line_no", "product_id", "variant_id", "sku", "name", "quantity"]),
    unit_price: majorOf(sql`i.unit_price_minor`, decimals),
    discount: majorOf(sql`i.discount_minor`, decimals),
    line_total: majorOf(sql`i.line_total_minor`, decimals),
    tax: majorOf(sql`i.tax_minor`, decimals),
    tax_rate_bps: sql`i.tax_bps`,
    shipped: sql`0`,
    cancelled: sql`i.cancelled`,
    returned: sql`0`,
  });
  return sql`json((SELECT json_group_array(json(${line}) ORDER BY i.line_no) FROM ${orderItems} i WHERE i.order_id = orders.order_id))`;
}

function columns(table: "orders" | "i", names: readonly string[]): Record<string, SQL> {
  return Object.fromEntries(names.map((name) => [name, sql.raw(`${table}.${name}`)]));
}

function isoOf(atMs: SQL): SQL {
  return sql`strftime('%Y-%m-%dT%H:%M:%fZ', ${atMs} / 1000.0, 'unixepoch')`;
}

/** A JSON object of any number of members, in their order. */
function jsonOf(members: Readonly<Record<string, SQL>>): SQL {
  let json = sql`'{}'`;
  const all = Object.entries(members);
  for (let from = 0; from < all.length; from += MEMBERS_PER_CALL) {
    const parts = all.slice(from, from + MEMBERS_PER_CALL).map(([name, value]) => sql`${sql.raw(`'$.${name}'`)}, ${value}`);
    json = sql`json_insert(${json}, ${sql.join(parts, sql`, `)})`;
  }
  return json;
}
