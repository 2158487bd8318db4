import type { Deps } from "../deps.ts";
import { Refusal } from "../errors.ts";
import { refuseMissing } from "./read-endpoints.ts";
import { failedConstraint } from "../writes/constraint.ts";
import { GIVE_UP_AFTER_MS } from "./rules/attempt.ts";
import type { Delivery } from "./rules/endpoint.ts";
import { findDelivery, findEndpoint, updateReplayed } from "./webhook-queries.ts";
import { type Plan, writeOnce } from "../writes/write-once.ts";
import type { Keyed, Written } from "../writes/rules/keyed.ts";

/**
 * Makes a delivery of any status due again, for another 24 hours. Its receiver gets the same `webhook-id` again.
 * @throws Refusal `not_found`; `endpoint_disabled`
 */
export function replayDelivery(
  deps: Deps,
  keyed: Keyed | undefined,
  endpointId: string,
  deliveryId: string,
): Promise<Written<Delivery>> {
  const conflict = (error: unknown) =>
    failedConstraint(error) === "webhook_deliveries.give_up_at_ms" ? disabledEndpoint(endpointId) : undefined;
  return writeOnce(deps, keyed, () => plan(deps, endpointId, deliveryId), conflict);
}

async function plan(deps: Deps, endpointId: string, deliveryId: string): Promise<Plan<Delivery>> {
  const { endpoint, before } = await deps.db.batch("show delivery", {
    endpoint: findEndpoint(endpointId),
    before: findDelivery(endpointId, deliveryId),
  });
  if (!endpoint) refuseMissing(endpointId);
  if (!before) throw new Refusal("not_found", `Webhook delivery ${deliveryId} not found.`);
  if (endpoint.status !== "active") throw disabledEndpoint(endpointId);
  const nowMs = deps.nowMs();
  const again = { status: "pending", attempts: 0, nextAttemptAtMs: nowMs, giveUpAtMs: nowMs + GIVE_UP_AFTER_MS } as const;
  const after: Delivery = { ...before, ...again };
  const change = { action: "webhook_delivery.replay", recordType: "webhook_delivery", recordId: deliveryId, before, after };
  return { queries: [updateReplayed(after)], changes: [change], answer: after, status: 200 };
}

function disabledEndpoint(endpointId: string): Refusal {
  return new Refusal("endpoint_disabled", `Webhook endpoint ${endpointId} is disabled; activate it first.`);
}
