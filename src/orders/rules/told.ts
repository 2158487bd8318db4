import { toMajor } from "../../rules/money.ts";
import type { Order, OrderRow } from "./order.ts";

// What is told of an order outside of its own answers: to webhooks, and to the audit log.

/** An order as webhooks hear of it: what it is and where it stands, and nothing about the person. */
export function toEventJson(order: OrderRow, decimals: number) {
  return {
    order_id: order.orderId,
    status: order.status,
    payment_status: order.paymentStatus,
    total: toMajor(order.totalMinor, decimals),
    currency: order.currency,
  };
}

/** A write of the shop's as the audit log keeps it: the row, not its lines, which never change. */
export function changeOf(verb: string, before: Order | undefined, after: Order) {
  return {
    action: `order.${verb}`,
    recordType: "order",
    recordId: after.orderId,
    before: before && rowOf(before),
    after: rowOf(after),
  };
}

function rowOf({ items: _items, allocations: _allocations, requestHash: _hash, ...row }: Order) {
  return row;
}
