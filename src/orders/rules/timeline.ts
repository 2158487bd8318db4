import type { Minor } from "../../rules/money.ts";
import type { Order } from "./order.ts";
import type { WantedCancellation } from "./cancellation.ts";
import type { ShippedUnits } from "./shipping.ts";
import type { OrderStatus } from "./statuses.ts";

export const EVENTS = [
  ...(["placed", "status_changed", "shipped", "items_cancelled", "returned", "claimed", "edited", "deleted"] as const),
  ...(["ready_for_pickup", "collected", "reopened", "stock_short", "allocated", "return_requested", "return_rejected"] as const),
  ...(["paid", "payment_failed", "refund_due", "refunded", "refund_failed"] as const),
  ...(["disputed", "dispute_won", "dispute_lost"] as const),
  ...(["link_requested", "link_made"] as const),
] as const;

export const CONDITIONS = ["sellable", "damaged"] as const;
export type Condition = (typeof CONDITIONS)[number];

/** What a customer asks to bring back is `requested`, until staff receive some of it or reject it. What staff record is `received`. */
export const RETURN_STATUSES = ["requested", "received", "rejected"] as const;

/** An event of an order's timeline. */
export interface OrderEvent {
  what: (typeof EVENTS)[number];
  fromStatus: OrderStatus | null;
  toStatus: OrderStatus | null;
  actor: string;
  note: string | null;
  /** What was paid, refunded or came back, or is due; null for other events, and for those of releases before 0.4.0. */
  amountMinor: Minor | null;
  atMs: number;
}

/** Units that came back, with their warehouse and whether they can be sold again. */
export interface ReturnedUnits {
  productId: string;
  variantId: string;
  warehouseId: string;
  quantity: number;
  condition: Condition;
}

/** A row of D1. */
export interface ReturnItem extends ReturnedUnits {
  returnId: string;
  lineNo: number;
  reason: string;
  actor: string;
  atMs: number;
}

/** A return as a whole: what a customer asked to bring back, or what staff recorded as it came. */
export interface ReturnHead {
  returnId: string;
  status: (typeof RETURN_STATUSES)[number];
  /** Null where staff recorded it as it came. */
  requested: RequestedItem[] | null;
  reason: string | null;
  actor: string;
  atMs: number;
  /** When its first units were received, or when it was rejected. */
  decidedAtMs: number | null;
  /** Why it was rejected. */
  rejection: string | null;
}

/** Units of a line that a customer wants to bring back; of a bundle's line, whole bundles or units of a component. */
export interface RequestedItem {
  productId: string;
  variantId: string;
  /** Null for a component of a bundle. */
  sku: string | null;
  name: string | null;
  quantity: number;
}

/** What left one warehouse at once. */
export interface Shipment {
  shipmentId: string;
  warehouseId: string;
  carrier: string | null;
  trackingNumber: string | null;
  trackingUrl: string | null;
  actor: string;
  atMs: number;
  /** Each line and variant once, all from its warehouse. */
  items: ShippedUnits[];
}

/** Units of lines that the customer no longer gets. */
export interface Cancellation {
  cancellationId: string;
  reason: string | null;
  actor: string;
  atMs: number;
  /** Each line once; of a bundle's line, whole bundles. */
  items: WantedCancellation[];
}

/** An order with its timeline, shipments, cancellations of parts, and returns. */
export interface OrderHistory {
  order: Order;
  events: OrderEvent[];
  shipments: Shipment[];
  cancellations: Cancellation[];
  returnHeads: ReturnHead[];
  /** Units that came back. */
  returns: ReturnItem[];
  /** Of the answer to a change: the order said all of it before. */
  isUnchanged?: true;
}
