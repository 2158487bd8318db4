import { linesOf } from "../../rules/address.ts";
import { toMajor } from "../../rules/money.ts";
import { amountsOf } from "./amounts.ts";
import { type Order, type OrderRow, type SHOWN_PAYMENT_STATUSES, soleWarehouse } from "./order.ts";
import { toTotalsJson } from "./priced.ts";
import { returnedByLine } from "./returned-lines.ts";
import { fulfillmentStatusOf, shippedOfLine } from "./shipping.ts";
import type { OrderHistory, Shipment } from "./timeline.ts";

// What answers, webhooks and the audit log say of an order.

/**
 * An order in webhooks, the same in each of them: what an e-mail to its customer needs, named as on the order's page. Its lines are `lines`,
 * because `items` are the units that an event is about. An expiry writes the same by SQL (`expired-queries.ts`).
 */
export function toEventPayload({ order, shipments, returns }: Told, format: Format) {
  const { decimals, iso } = format;
  const returned = returnedByLine(order, returns);
  return {
    ...toHeadJson(order, format),
    warehouse_id: soleWarehouse(order.allocations),
    /** Where the customer collects it; its delivery has it. */
    pickup_warehouse: null,
    lines: order.items.map((item) => ({
      line_no: item.lineNo,
      product_id: item.productId,
      variant_id: item.variantId,
      sku: item.sku,
      name: item.name,
      quantity: item.quantity,
      unit_price: toMajor(item.unitPriceMinor, decimals),
      discount: toMajor(item.discountMinor, decimals),
      line_total: toMajor(item.lineTotalMinor, decimals),
      tax: toMajor(item.taxMinor, decimals),
      tax_rate_bps: item.taxBps,
      shipped: shippedOfLine(order, item.lineNo),
      cancelled: item.cancelled,
      returned: returned.get(item.lineNo) ?? 0,
    })),
    shipments: shipments.map((shipment) => toShippedJson(shipment, iso)),
  };
}

/** What webhooks tell of an order. */
export type Told = Pick<OrderHistory, "order" | "shipments" | "returns">;

/** What webhooks tell of an order of which nothing has left yet. */
export function unshipped(order: Order): Told {
  return { order, shipments: [], returns: [] };
}

/** How amounts and times are written. */
export interface Format {
  /** Digits after the currency's point. */
  decimals: number;
  /** A time by ISO 8601. */
  iso: (atMs: number) => string;
}

/** The JSON of an order in a list. */
export function toHeadJson(order: OrderRow, { decimals, iso }: Format) {
  const isoOrNull = (atMs: number | null) => (atMs === null ? null : iso(atMs));
  return {
    order_id: order.orderId,
    status: order.status,
    payment_method: order.paymentMethod,
    payment_status: shownStatusOf(order),
    fulfillment_status: fulfillmentStatusOf(order),
    stock_short: order.stockShort,
    payment_due_at: isoOrNull(order.paymentDueAtMs),
    customer_id: order.userId,
    customer_name: order.customerName,
    customer_email: order.customerEmail,
    customer_phone: order.customerPhone,
    delivery_address: order.deliveryAddress,
    address: toAddressJson(order),
    postal_code: order.postalCode,
    country: order.country,
    delivery_method: order.deliveryMethod,
    notes: order.notes,
    promo_code: order.promoCode,
    ...toTotalsJson(order, decimals),
    currency: order.currency,
    ...toAmountsJson(order, decimals),
    estimated_delivery_at: iso(order.estimatedDeliveryAtMs),
    created_at: iso(order.createdAtMs),
    updated_at: iso(order.updatedAtMs),
    deleted_at: isoOrNull(order.deletedAtMs),
  };
}

/** The JSON of an address that came in parts. An expiry writes the same by SQL. */
export function toAddressJson({ address, postalCode, country }: Pick<OrderRow, "address" | "postalCode" | "country">) {
  return address && { ...linesOf(address), postal_code: postalCode, country };
}

/** The payment status as the API shows it. */
function shownStatusOf({
  paymentStatus,
  openDisputes,
}: Pick<OrderRow, "paymentStatus" | "openDisputes">): (typeof SHOWN_PAYMENT_STATUSES)[number] {
  return openDisputes > 0 ? "disputed" : paymentStatus;
}

/** The JSON of what was paid and what is owed. @param decimals digits after the currency's point */
function toAmountsJson(order: OrderRow, decimals: number) {
  const { amountDueMinor, refundDueMinor } = amountsOf(order);
  return {
    paid_total: toMajor(order.paidMinor, decimals),
    refunded_total: toMajor(order.refundedMinor, decimals),
    amount_due: toMajor(amountDueMinor, decimals),
    refund_due: toMajor(refundDueMinor, decimals),
  };
}

/** The JSON of a shipment in a list of an order's. */
export function toShippedJson(shipment: Shipment, iso: Format["iso"]) {
  return { ...toShipmentJson(shipment), shipped_at: iso(shipment.atMs) };
}

/** The JSON of a shipment but for its time, in webhooks and answers. */
export function toShipmentJson({ shipmentId, warehouseId, carrier, trackingNumber, trackingUrl, items }: Shipment) {
  return {
    shipment_id: shipmentId,
    warehouse_id: warehouseId,
    carrier,
    tracking_number: trackingNumber,
    tracking_url: trackingUrl,
    items: items.map(({ lineNo, productId, variantId, quantity }) => {
      return { line_no: lineNo, product_id: productId, variant_id: variantId, quantity };
    }),
  };
}

/** A change of an order in the audit log: its status and what is owed, before and after, without personal data. */
export function changeOf(verb: string, before: OrderRow | undefined, after: OrderRow, decimals: number) {
  const { orderId: recordId } = after;
  return {
    action: `order.${verb}`,
    recordType: "order",
    recordId,
    before: before && auditState(before, decimals),
    after: auditState(after, decimals),
  };
}

function auditState(order: OrderRow, decimals: number) {
  const { status, totalMinor, userId, deletedAtMs } = order;
  const paymentStatus = shownStatusOf(order);
  return { status, paymentStatus, total: toMajor(totalMinor, decimals), ...toAmountsJson(order, decimals), userId, deletedAtMs };
}
