import { toMajor } from "../../rules/money.ts";
import { amountsOf } from "./amounts.ts";
import type { OrderRow } from "./order.ts";
import type { Shipment } from "./timeline.ts";

// What webhooks and the audit log get of an order.

/** An order in webhooks: its id, its status and what is owed, without personal data. */
export function toEventPayload(order: OrderRow, decimals: number) {
  return {
    order_id: order.orderId,
    status: order.status,
    payment_status: shownStatusOf(order),
    total: toMajor(order.totalMinor, decimals),
    currency: order.currency,
    ...toAmountsJson(order, decimals),
  };
}

/** The payment status as the API shows it. */
export function shownStatusOf({ paymentStatus, openDisputes }: Pick<OrderRow, "paymentStatus" | "openDisputes">) {
  return openDisputes > 0 ? "disputed" : paymentStatus;
}

/** The JSON of what was paid and what is owed. @param decimals digits after the currency's point */
export function toAmountsJson(order: OrderRow, decimals: number) {
  const { amountDueMinor, refundDueMinor } = amountsOf(order);
  return {
    paid_total: toMajor(order.paidMinor, decimals),
    refunded_total: toMajor(order.refundedMinor, decimals),
    amount_due: toMajor(amountDueMinor, decimals),
    refund_due: toMajor(refundDueMinor, decimals),
  };
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
