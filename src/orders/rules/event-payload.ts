import { toMajor } from "../../rules/money.ts";
import type { OrderRow } from "./order.ts";

// What is told of an order outside of its own answers: to webhooks, and to the audit log.

/** An order as webhooks hear of it: what it is and where it stands, and nothing about the person. */
export function toEventPayload(order: OrderRow, decimals: number) {
  return {
    order_id: order.orderId,
    status: order.status,
    payment_status: order.paymentStatus,
    total: toMajor(order.totalMinor, decimals),
    currency: order.currency,
  };
}

/** A write of the shop's as the audit log keeps it: where the order stands, and nothing about the person, whom its row alone names. */
export function changeOf(verb: string, before: OrderRow | undefined, after: OrderRow) {
  const { orderId: recordId } = after;
  return { action: `order.${verb}`, recordType: "order", recordId, before: before && standing(before), after: standing(after) };
}

function standing({ status, paymentStatus, totalMinor, userId, deletedAtMs }: OrderRow) {
  return { status, paymentStatus, totalMinor, userId, deletedAtMs };
}
