import type { Deps } from "../deps.ts";
import { noEndpoint } from "./change-endpoint.ts";
import type { Delivery, DeliveryStatus } from "./rules/endpoint.ts";
import { cutPage } from "../rules/page.ts";
import { type Page, type TimeKey, windowSize } from "./rules/page.ts";
import { findDeliveryWindow, findEndpoint } from "./webhook-queries.ts";

/** Which deliveries of an endpoint, and which page of them. */
export interface DeliveryRequest {
  status?: DeliveryStatus | undefined;
  after: TimeKey | undefined;
  limit: number;
}

const NEWEST: TimeKey = { atMs: Number.MAX_SAFE_INTEGER, id: "" };

/**
 * Lists an endpoint's deliveries, newest first. Their status is in no index: with it a page may be short, or empty, and not the last.
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
  if (!endpoint) noEndpoint(endpointId);
  return cutPage(window, {
    size,
    limit,
    fits: (delivery) => status === undefined || status === delivery.status,
    keyOf: ({ createdAtMs, deliveryId }) => ({ atMs: createdAtMs, id: deliveryId }),
  });
}
