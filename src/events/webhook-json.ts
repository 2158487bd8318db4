import { isoOrNull } from "../http/validate.ts";
import type { Delivery, Endpoint } from "./rules/endpoint.ts";

/** Shows an endpoint as `endpointSchema` promises it. */
export function toEndpointJson(endpoint: Endpoint) {
  return {
    endpoint_id: endpoint.endpointId,
    url: endpoint.url,
    description: endpoint.description,
    events: endpoint.events,
    status: endpoint.status,
    created_at: new Date(endpoint.createdAtMs).toISOString(),
    updated_at: new Date(endpoint.updatedAtMs).toISOString(),
  };
}

/** Shows a delivery as `deliverySchema` promises it. */
export function toDeliveryJson(delivery: Delivery) {
  return {
    delivery_id: delivery.deliveryId,
    event_id: delivery.eventId,
    event_type: delivery.eventType,
    status: delivery.status,
    attempts: delivery.attempts,
    next_attempt_at: delivery.status === "pending" ? new Date(delivery.nextAttemptAtMs).toISOString() : null,
    gives_up_at: new Date(delivery.giveUpAtMs).toISOString(),
    response_status: delivery.responseStatus,
    error: delivery.error,
    created_at: new Date(delivery.createdAtMs).toISOString(),
    last_attempt_at: isoOrNull(delivery.lastAttemptAtMs),
  };
}
