/** The events that a webhook endpoint can subscribe to. */
export const EVENT_TYPES = [
  "stock.low",
  "stock.out",
  "stock.back",
  "stock.variant_low",
  "stock.variant_out",
  "stock.variant_back",
  "order.placed",
  "order.status_changed",
  "order.edited",
  "order.items_cancelled",
  "order.shipped",
  "order.ready_for_pickup",
  "order.collected",
  "order.returned",
  "order.paid",
  "order.payment_failed",
  "order.refund_due",
  "order.refunded",
  "order.disputed",
  "order.dispute_closed",
] as const;
export type EventType = (typeof EVENT_TYPES)[number];
