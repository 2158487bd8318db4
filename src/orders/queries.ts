import { type SQL, sql } from "drizzle-orm";
import { type Query, row, write } from "../db/client.ts";
import { rowJson } from "../db/json.ts";
import { upsertLevels, type ProjectedLevel } from "../stock/projection/flush-statements.ts";
import { countUses } from "../pricing/use-queries.ts";
import { linesOf } from "../rules/address.ts";
import { carts } from "../carts/tables.ts";
import type { LimitedProduct } from "../pricing/rules/lines.ts";
import { countPurchases } from "./limit-queries.ts";
import { linesJson, returnedJson, type StoredLines, toOrder } from "./line-queries.ts";
import { customersOf } from "./rules/limits.ts";
import type { CartHead } from "./rules/checkout.ts";
import type { Order, OrderRow } from "./rules/order.ts";
import type { StockError } from "../stock/rules/shortage.ts";
import type { Decided } from "./rules/refusal.ts";
import { orderEvents } from "./history-tables.ts";
import { fences, orderAllocations, orderItems, orders, orderWarehouses } from "./tables.ts";

/** The refusal of a key, as its fence keeps it. Release 0.2 kept only the short lines. */
export type KeptRefusal = { requestHash: string } & (Decided | { stockErrors: StockError[] });

/** What D1 has under an order's id: the order, or the refusal of its key. */
export interface OrderRecord {
  order: Order | undefined;
  refusal: KeptRefusal | undefined;
}

const ORDER_JSON = rowJson(orders);
const FENCE_JSON = rowJson(fences);

/** Reads everything that D1 has under an order's id, in one statement. */
export function findRecord(orderId: string): Query<OrderRecord> {
  const { items, allocations } = linesJson(sql`${orderId}`);
  const found = row<Record<"order" | "items" | "allocations" | "returned" | "fence", string | null>>(sql`
    SELECT (SELECT ${ORDER_JSON} FROM ${orders} WHERE order_id = ${orderId}) AS "order",
      ${items} AS "items", ${allocations} AS "allocations",
      ${returnedJson(sql`${orderId}`)} AS "returned",
      (SELECT ${FENCE_JSON} FROM ${fences} WHERE id = ${orderId}) AS "fence"`);
  return {
    statement: found.statement,
    read: (result) => {
      const { order, fence, items: lines, allocations: supplied, returned } = found.read(result) ?? NOTHING;
      const listed = <T>(json: string | null) => JSON.parse(json ?? "[]") as T[];
      const stored: StoredLines = { items: listed(lines), allocations: listed(supplied), returned: listed(returned) };
      return {
        order: order === null ? undefined : toOrder(order, stored),
        refusal: fence === null ? undefined : toRefusal(fence),
      };
    },
  };
}

const NOTHING = { order: null, fence: null, items: null, allocations: null, returned: null };

function toRefusal(fence: string): KeptRefusal | undefined {
  const { answer } = JSON.parse(fence) as { answer: string | null };
  return answer === null ? undefined : (JSON.parse(answer) as KeptRefusal);
}

/** What one attempt records: the order, the stock levels after its hold, and the cart that it was checked out from. */
export interface Recorded {
  order: Order;
  levels: readonly ProjectedLevel[];
  /** Its products of which an order or a customer may have only so many. */
  limits: readonly LimitedProduct[];
  cart?: CartHead;
}

/**
 * Records an order, in one batch (C5). The hold is inserted by a sub-select that is NULL when the hold or the order's id is fenced, so
 * that NOT NULL fails the whole batch; the primary key fails it when another attempt was first.
 */
export function recordOrder({ order, levels, limits, cart }: Recorded, actor: string): Query<unknown>[] {
  return [
    ...countUses(order.rulesUsed),
    insertOrder(order, cart),
    ...closeCart(order),
    ...countPurchases(order.orderId, limits, customersOf(order)),
    write(sql`
      INSERT INTO ${orderItems} (order_id, line_no, product_id, variant_id, sku, name, quantity, unit_price_minor, line_total_minor,
        discount_minor, tax_minor, tax_bps, discounts)
      SELECT ${order.orderId}, value->>'lineNo', value->>'productId', value->>'variantId', value->>'sku', value->>'name',
        value->>'quantity', value->>'unitPriceMinor', value->>'lineTotalMinor', value->>'discountMinor', value->>'taxMinor',
        value->>'taxBps', value->>'discounts'
      FROM json_each(${JSON.stringify(order.items)})`),
    ...insertAllocations(order, levels, order.createdAtMs),
    write(sql`
      INSERT INTO ${orderEvents} (order_id, event_no, what, to_status, actor, at_ms)
      VALUES (${order.orderId}, 1, 'placed', ${order.status}, ${actor}, CAST(${order.createdAtMs} AS INTEGER))`),
  ];
}

/** A cart is checked out once. */
function closeCart({ cartId, orderId, createdAtMs }: Order): Query<number>[] {
  if (cartId === null) return [];
  const set = sql`order_id = ${orderId}, updated_at_ms = CAST(${createdAtMs} AS INTEGER)`;
  return [write(sql`UPDATE ${carts} SET ${set} WHERE cart_id = ${cartId}`)];
}

/** Writes the warehouses that supply an order, and their stock levels after it. */
export function insertAllocations(
  { orderId, createdAtMs, allocations }: Pick<Order, "orderId" | "createdAtMs" | "allocations">,
  levels: readonly ProjectedLevel[],
  nowMs: number,
): Query<unknown>[] {
  return [
    write(sql`
      INSERT INTO ${orderAllocations} (order_id, line_no, product_id, variant_id, warehouse_id, quantity, cancelled)
      SELECT ${orderId}, value->>'lineNo', value->>'productId', value->>'variantId', value->>'warehouseId', value->>'quantity',
        value->>'cancelled' FROM json_each(${JSON.stringify(allocations)})`),
    write(upsertLevels(levels, nowMs)),
    write(sql`
      INSERT INTO ${orderWarehouses} (warehouse_id, created_at_ms, order_id)
      SELECT DISTINCT value->>'warehouseId', CAST(${createdAtMs} AS INTEGER), ${orderId}
      FROM json_each(${JSON.stringify(allocations)})`),
  ];
}

function insertOrder(order: Order, cart: CartHead | undefined): Query<number> {
  return write(sql`
    INSERT INTO ${orders} (order_id, hold_id, request_hash, status, payment_method, payment_status, payment_due_at_ms, customer_name,
      customer_email, customer_phone, delivery_address, postal_code, country, delivery_method, notes, ranked_by, currency,
      subtotal_minor, discount_minor, tax_minor, tax_included, delivery_cost_minor, total_minor, promo_code, rules_used,
      estimated_delivery_at_ms, created_at_ms, updated_at_ms, user_id, due_at_ms, cart_id, address)
    VALUES (${order.orderId},
      CASE WHEN EXISTS (SELECT 1 FROM ${fences} WHERE id IN (${order.holdId}, ${order.orderId})) ${unlessOpen(cart)}
        THEN NULL ELSE ${order.holdId} END,
      ${order.requestHash}, ${order.status}, ${order.paymentMethod}, ${order.paymentStatus}, ${order.paymentDueAtMs},
      ${order.customerName}, ${order.customerEmail}, ${order.customerPhone}, ${order.deliveryAddress}, ${order.postalCode},
      ${order.country}, ${order.deliveryMethod}, ${order.notes}, ${order.rankedBy}, ${order.currency}, ${order.subtotalMinor},
      ${order.discountMinor}, ${order.taxMinor}, ${order.taxIncluded ? 1 : 0}, ${order.deliveryCostMinor}, ${order.totalMinor},
      ${order.promoCode}, ${usesJson(order)}, ${order.estimatedDeliveryAtMs}, ${order.createdAtMs}, ${order.updatedAtMs},
      ${order.userId}, ${order.dueAtMs}, ${order.cartId}, ${addressJson(order)})`);
}

/**
 * The generation is the fence of a checkout's hold (K4). An edit since the quote fails the record too: the order would not be the cart
 * that the shopper saw last.
 */
function unlessOpen(cart: CartHead | undefined): SQL {
  if (!cart) return sql``;
  return sql`OR NOT EXISTS (
    SELECT 1 FROM ${carts} WHERE cart_id = ${cart.cartId} AND generation = ${cart.generation} AND edit_no = ${cart.editNo}
      AND order_id IS NULL)`;
}

/** The lines of an address, as an order's row keeps them. */
export function addressJson({ address }: Pick<OrderRow, "address">): string | null {
  return address && JSON.stringify(linesOf(address));
}

/** The uses of limited rules, as an order's row keeps them. */
export function usesJson({ rulesUsed }: Pick<OrderRow, "rulesUsed">): string | null {
  return rulesUsed.length === 0 ? null : JSON.stringify(rulesUsed);
}

/** Fences holds of an order, each unless the order records it, and reads what D1 has under the order's id (C4a, C6). */
export function fenceHolds(orderId: string, holdIds: readonly string[], nowMs: number) {
  const fence = write(sql`
    INSERT OR IGNORE INTO ${fences} (id, answer, at_ms)
    SELECT value, NULL, CAST(${nowMs} AS INTEGER) FROM json_each(${JSON.stringify(holdIds)})
    WHERE NOT EXISTS (SELECT 1 FROM ${orders} WHERE order_id = ${orderId} AND hold_id = value)`);
  return { fence, record: findRecord(orderId) };
}

/** Writes the refusal of a key, unless its order exists (C4c). */
export function fenceKey(orderId: string, refusal: KeptRefusal, nowMs: number): Query<number> {
  return write(sql`
    INSERT OR IGNORE INTO ${fences} (id, answer, at_ms)
    SELECT ${orderId}, ${JSON.stringify(refusal)}, CAST(${nowMs} AS INTEGER) WHERE NOT EXISTS (SELECT 1 FROM ${orders} WHERE order_id = ${orderId})`);
}
