/** What a webhook endpoint can be told of. */
export const EVENT_TYPES = [
  "stock.low",
  "stock.out",
  "stock.back",
  "order.placed",
  "order.status_changed",
  "order.returned",
] as const;
export type EventType = (typeof EVENT_TYPES)[number];
