import type { Minor } from "../../rules/money.ts";
import type { Order } from "./order.ts";
import type { WantedCancellation } from "./cancellation.ts";
import type { ShippedUnits } from "./shipping.ts";
import type { OrderStatus } from "./statuses.ts";

export const EVENTS = [
  ...(["placed", "status_changed", "shipped", "items_cancelled", "returned", "claimed", "edited", "deleted"] as const),
  ...(["ready_for_pickup", "collected"] as const),
  ...(["paid", "payment_failed", "refund_due", "refunded", "refund_failed"] as const),
  ...(["disputed", "dispute_won", "dispute_lost"] as const),
] as const;

export const CONDITIONS = ["sellable", "damaged"] as const;
export type Condition = (typeof CONDITIONS)[number];

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
  returns: ReturnItem[];
}
