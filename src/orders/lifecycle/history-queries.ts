import { sql } from "drizzle-orm";
import { type Query, row, write } from "../../db/client.ts";
import { rowJson } from "../../db/json.ts";
import type { OrderRow } from "../rules/order.ts";
import type { ShippedUnits } from "../rules/shipping.ts";
import type { CancelledUnits, WantedCancellation } from "../rules/cancellation.ts";
import type {
  Cancellation,
  OrderEvent,
  OrderHistory,
  RequestedItem,
  ReturnHead,
  ReturnItem,
  Shipment,
} from "../rules/timeline.ts";
import { addressJson, usesJson } from "../queries.ts";
import { warehouses } from "../../warehouses/tables.ts";
import { cancelledItems, orderEvents, returnItems, returns, shipmentItems, shipments } from "../history-tables.ts";
import { orderAllocations, orderItems, orders } from "../tables.ts";

/** Reads the timeline of an order, and what was shipped, cancelled and returned, in one statement. */
export function findHistory(orderId: string): Query<Omit<OrderHistory, "order">> {
  const found = row<Record<"events" | "shipments" | "shipped" | "cancelled" | "heads" | "returns", string>>(sql`
    SELECT (SELECT json_group_array(${rowJson(orderEvents)} ORDER BY event_no) FROM ${orderEvents} WHERE order_id = ${orderId}) AS "events",
      (SELECT json_group_array(${rowJson(shipments)} ORDER BY at_ms, warehouse_id, shipment_id) FROM ${shipments} WHERE order_id = ${orderId}) AS "shipments",
      (SELECT json_group_array(${rowJson(shipmentItems)} ORDER BY line_no, variant_id)
        FROM ${shipmentItems} WHERE order_id = ${orderId}) AS "shipped",
      (SELECT json_group_array(${rowJson(cancelledItems)} ORDER BY at_ms, cancellation_id, line_no)
        FROM ${cancelledItems} WHERE order_id = ${orderId}) AS "cancelled",
      (SELECT json_group_array(${rowJson(returns)} ORDER BY at_ms, return_id) FROM ${returns} WHERE order_id = ${orderId}) AS "heads",
      (SELECT json_group_array(${rowJson(returnItems)} ORDER BY at_ms, return_id, line_no)
        FROM ${returnItems} WHERE order_id = ${orderId}) AS "returns"`);
  return {
    statement: found.statement,
    read: (result) => {
      const none = { events: "[]", shipments: "[]", shipped: "[]", cancelled: "[]", heads: "[]", returns: "[]" };
      const read = found.read(result) ?? none;
      const parcels = JSON.parse(read.shipments) as Omit<Shipment, "items">[];
      const units = JSON.parse(read.shipped) as (Omit<ShippedUnits, "warehouseId"> & { shipmentId: string })[];
      return {
        events: JSON.parse(read.events) as OrderEvent[],
        shipments: parcels.map((parcel) => withItems(parcel, units)),
        cancellations: toCancellations(JSON.parse(read.cancelled) as CancelledRow[]),
        returnHeads: (JSON.parse(read.heads) as StoredHead[]).map(toHead),
        returns: JSON.parse(read.returns) as ReturnItem[],
      };
    },
  };
}

function withItems(
  parcel: Omit<Shipment, "items">,
  units: readonly (Omit<ShippedUnits, "warehouseId"> & { shipmentId: string })[],
): Shipment {
  const own = units.filter(({ shipmentId }) => shipmentId === parcel.shipmentId);
  const { warehouseId } = parcel;
  const items = own.map(({ lineNo, productId, variantId, quantity }) => ({
    lineNo,
    productId,
    variantId,
    warehouseId,
    quantity,
  }));
  return { ...parcel, items };
}

/** A row of `returns`, as `rowJson` writes it. */
export type StoredHead = Omit<ReturnHead, "requested"> & { requested: string | null };

/** Reads a return's row. */
export function toHead({ returnId, requested, status, reason, actor, atMs, decidedAtMs, rejection }: StoredHead): ReturnHead {
  const items = requested === null ? null : (JSON.parse(requested) as RequestedItem[]);
  return { returnId, status, requested: items, reason, actor, atMs, decidedAtMs, rejection };
}

type CancelledRow = Omit<Cancellation, "items"> & WantedCancellation;

function toCancellations(cancelled: readonly CancelledRow[]): Cancellation[] {
  return [...Map.groupBy(cancelled, ({ cancellationId }) => cancellationId).values()].flatMap((lines) => {
    const items = lines.map(({ lineNo, quantity }) => ({ lineNo, quantity }));
    return lines.slice(0, 1).map(({ cancellationId, reason, actor, atMs }) => ({ cancellationId, reason, actor, atMs, items }));
  });
}

/**
 * Changes an order that is still as it was read. After a concurrent change, or where a condition of the move does not hold, the
 * status becomes NULL, so that NOT NULL fails the whole batch (S1).
 */
export function updateOrder(read: OrderRow, after: OrderRow): Query<number> {
  return write(sql`
    UPDATE ${orders} SET
      status = iif(status = ${read.status} AND payment_status = ${read.paymentStatus} AND updated_at_ms = CAST(${read.updatedAtMs} AS INTEGER)
        AND CASE iif(status = ${after.status}, NULL, ${after.status})
          WHEN 'CANCELLED' THEN NOT EXISTS (SELECT 1 FROM ${returnItems} WHERE return_items.order_id = ${read.orderId})
          WHEN 'PROCESSING' THEN payment_status IN ('cod', 'paid', 'partially_refunded')
          ELSE true END,
        ${after.status}, NULL),
      payment_status = ${after.paymentStatus}, paid_minor = CAST(${after.paidMinor} AS INTEGER), rules_used = ${usesJson(after)},
      refunded_minor = CAST(${after.refundedMinor} AS INTEGER), open_disputes = CAST(${after.openDisputes} AS INTEGER), due_at_ms = ${after.dueAtMs}, deleted_at_ms = ${after.deletedAtMs},
      user_id = ${after.userId}, fulfillment_status = ${after.fulfillmentStatus},
      stock_short = ${after.stockShort ? 1 : 0}, updated_at_ms = CAST(${after.updatedAtMs} AS INTEGER)
    WHERE order_id = ${read.orderId}`);
}

/** Writes whom an order is for, where it goes, and what staff note about it; in the batch of `updateOrder`, which is its guard. */
export function updateDetails(after: OrderRow): Query<number> {
  return write(sql`
    UPDATE ${orders} SET customer_name = ${after.customerName}, customer_email = ${after.customerEmail}, customer_phone = ${after.customerPhone},
      delivery_address = ${after.deliveryAddress}, address = ${addressJson(after)}, postal_code = ${after.postalCode}, notes = ${after.notes},
      staff_note = ${after.staffNote}, tags = ${after.tags.length > 0 ? JSON.stringify(after.tags) : null}
    WHERE order_id = ${after.orderId}`);
}

/** Adds an event to an order's timeline. */
export function insertEvent(orderId: string, event: OrderEvent): Query<number> {
  return write(sql`
    INSERT INTO ${orderEvents} (order_id, event_no, what, from_status, to_status, actor, note, amount_minor, at_ms)
    SELECT ${orderId}, coalesce(max(event_no), 0) + 1, ${event.what}, ${event.fromStatus}, ${event.toStatus}, ${event.actor},
      ${event.note}, ${event.amountMinor}, CAST(${event.atMs} AS INTEGER)
    FROM ${orderEvents} WHERE order_id = ${orderId}`);
}

/** Writes a return as it is now, with units of it that came back. */
export function insertReturn(
  orderId: string,
  head: ReturnHead,
  items: readonly ReturnItem[],
  to: string | undefined,
): Query<number>[] {
  const requested = head.requested && JSON.stringify(head.requested);
  return [
    write(sql`
      INSERT INTO ${returns} (order_id, return_id, status, requested, reason, actor, at_ms, decided_at_ms, rejection)
      VALUES (${orderId}, ${head.returnId}, ${head.status}, ${requested}, ${head.reason}, ${head.actor}, CAST(${head.atMs} AS INTEGER),
        CAST(${head.decidedAtMs} AS INTEGER), ${head.rejection})
      ON CONFLICT (order_id, return_id) DO UPDATE
      SET status = excluded.status, decided_at_ms = excluded.decided_at_ms, rejection = excluded.rejection`),
    ...(items.length > 0 ? [insertReturnItems(orderId, items, to)] : []),
  ];
}

/** Where the warehouse that is named was archived meanwhile, it becomes NULL, so that NOT NULL fails the whole batch. */
function insertReturnItems(orderId: string, items: readonly ReturnItem[], to: string | undefined): Query<number> {
  const named = sql`(SELECT warehouse_id FROM ${warehouses} WHERE warehouse_id = ${to} AND status = 'active')`;
  return write(sql`
    INSERT INTO ${returnItems} (order_id, return_id, line_no, product_id, variant_id, warehouse_id, quantity, condition, reason, actor, at_ms)
    SELECT ${orderId}, value->>'returnId', value->>'lineNo', value->>'productId', value->>'variantId',
      ${to === undefined ? sql`value->>'warehouseId'` : named},
      value->>'quantity', value->>'condition', value->>'reason', value->>'actor', value->>'atMs'
    FROM json_each(${JSON.stringify(items)})`);
}

/**
 * Writes shipments of an order, and that their units have left. The CHECK of the allocations fails the batch where more than is left
 * would leave. Put it before the order's own change: D1 ships what a completed order has left (migration 0009).
 */
export function insertShipments(orderId: string, parcels: readonly Shipment[]): Query<number>[] {
  const given = sql`json_each(${JSON.stringify(parcels)}) AS parcel`;
  const items = sql`${given} CROSS JOIN json_each(parcel.value->'items') AS item`;
  return [
    write(sql`
      INSERT INTO ${shipments} (order_id, shipment_id, warehouse_id, carrier, tracking_number, tracking_url, actor, at_ms)
      SELECT ${orderId}, value->>'shipmentId', value->>'warehouseId', value->>'carrier', value->>'trackingNumber',
        value->>'trackingUrl', value->>'actor', value->>'atMs' FROM ${given}`),
    write(sql`
      INSERT INTO ${shipmentItems} (order_id, shipment_id, line_no, variant_id, product_id, quantity)
      SELECT ${orderId}, parcel.value->>'shipmentId', item.value->>'lineNo', item.value->>'variantId', item.value->>'productId',
        item.value->>'quantity' FROM ${items}`),
    write(sql`
      UPDATE ${orderAllocations} SET shipped = shipped + (item.value->>'quantity') FROM ${items}
      WHERE order_id = ${orderId} AND line_no = item.value->>'lineNo' AND variant_id = item.value->>'variantId'
        AND warehouse_id = parcel.value->>'warehouseId'`),
  ];
}

/** Writes that units of an order were cancelled, and which. The CHECK of the allocations fails the batch where some have left meanwhile. */
export function insertCancellation(
  orderId: string,
  { cancellation, units }: { cancellation: Cancellation; units: readonly CancelledUnits[] },
): Query<number>[] {
  const { cancellationId, reason, actor, atMs } = cancellation;
  const items = sql`json_each(${JSON.stringify(cancellation.items)}) AS item`;
  return [
    write(sql`
      UPDATE ${orderAllocations} SET cancelled = cancelled + (place.value->>'quantity'), short = short - (place.value->>'fromShort')
      FROM json_each(${JSON.stringify(units)}) AS place
      WHERE order_id = ${orderId} AND line_no = place.value->>'lineNo' AND variant_id = place.value->>'variantId'
        AND warehouse_id = place.value->>'warehouseId'`),
    write(sql`
      UPDATE ${orderItems} SET cancelled = cancelled + (item.value->>'quantity') FROM ${items}
      WHERE order_id = ${orderId} AND line_no = item.value->>'lineNo'`),
    write(sql`
      INSERT INTO ${cancelledItems} (order_id, cancellation_id, line_no, quantity, reason, actor, at_ms)
      SELECT ${orderId}, ${cancellationId}, value->>'lineNo', value->>'quantity', ${reason}, ${actor}, CAST(${atMs} AS INTEGER) FROM ${items}`),
  ];
}
