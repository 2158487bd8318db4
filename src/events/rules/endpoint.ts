import type { EventType } from "./event-types.ts";

export const ENDPOINT_STATUSES = ["active", "disabled"] as const;

/** A webhook endpoint: where events are sent, and which. */
export interface Endpoint {
  endpointId: string;
  url: string;
  description: string | null;
  events: EventType[];
  status: (typeof ENDPOINT_STATUSES)[number];
  /** The number of its current secret: 1 at first, one more with each rotation. */
  secretNo: number;
  createdAtMs: number;
  updatedAtMs: number;
}

/** The fields of an endpoint that can be changed. */
export type EndpointFields = Pick<Endpoint, "url" | "description" | "events" | "status">;

/** Only a pending delivery is tried; the others have ended and can be replayed. */
export const DELIVERY_STATUSES = ["pending", "delivered", "failed"] as const;
export type DeliveryStatus = (typeof DELIVERY_STATUSES)[number];

/** The delivery of one event to one endpoint. */
export interface Delivery {
  deliveryId: string;
  eventId: string;
  eventType: EventType;
  status: DeliveryStatus;
  attempts: number;
  nextAttemptAtMs: number;
  giveUpAtMs: number;
  responseStatus: number | null;
  error: string | null;
  createdAtMs: number;
  lastAttemptAtMs: number | null;
}
