import type { Deps } from "../deps.ts";
import { refuseMissing } from "./read-endpoints.ts";
import type { Delivery, DeliveryStatus } from "./rules/endpoint.ts";
import { cutPage, type Page, type TimeKey, windowSize } from "../rules/page.ts";
import { findDeliveryWindow, findEndpoint } from "./webhook-queries.ts";

/** The filter of a list of deliveries, and the page. */
export interface DeliveryRequest {
  status?: DeliveryStatus | undefined;
  after: TimeKey | undefined;
  limit: number;
}

const NEWEST: TimeKey = { atMs: Number.MAX_SAFE_INTEGER, id: "" };

/**
 * Lists an endpoint's deliveries, newest first. No index has the status: with that filter a page may be short or empty before the last.
 * @throws Refusal `not_found`
 */
export async function listDeliveries(
  deps: Deps,
  endpointId: string,
  { status, after, limit }: DeliveryRequest,
): Promise<Page<Delivery>> {
  const size = windowSize(limit, 2, status !== undefined);
  const { endpoint, window } = await deps.db.batch("list deliveries", {
    endpoint: findEndpoint(endpointId),
    window: findDeliveryWindow(endpointId, after ?? NEWEST, size),
  });
  if (!endpoint) refuseMissing(endpointId);
  return cutPage(window, {
    size,
    limit,
    fits: (delivery) => status === undefined || status === delivery.status,
    keyOf: ({ createdAtMs, deliveryId }) => ({ atMs: createdAtMs, id: deliveryId }),
  });
}
