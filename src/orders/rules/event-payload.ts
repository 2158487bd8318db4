import { toMajor } from "../../rules/money.ts";
import type { OrderRow } from "./order.ts";

// What webhooks and the audit log get of an order.

/** An order in webhooks: its id, status and total, without personal data. */
export function toEventPayload(order: OrderRow, decimals: number) {
  return {
    order_id: order.orderId,
    status: order.status,
    payment_status: order.paymentStatus,
    total: toMajor(order.totalMinor, decimals),
    currency: order.currency,
  };
}

/** A change of an order in the audit log: its status before and after, without personal data. */
export function changeOf(verb: string, before: OrderRow | undefined, after: OrderRow) {
  const { orderId: recordId } = after;
  return {
    action: `order.${verb}`,
    recordType: "order",
    recordId,
    before: before && auditState(before),
    after: auditState(after),
  };
}

function auditState({ status, paymentStatus, totalMinor, userId, deletedAtMs }: OrderRow) {
  return { status, paymentStatus, totalMinor, userId, deletedAtMs };
}
