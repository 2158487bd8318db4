import type { Deps } from "../deps.ts";
import { Refusal } from "../errors.ts";
import { noEndpoint } from "./change-endpoint.ts";
import { failedConstraint } from "../writes/constraint.ts";
import { GIVE_UP_AFTER_MS } from "./rules/attempt.ts";
import type { Delivery } from "./rules/endpoint.ts";
import { findDelivery, findEndpoint, updateReplayed } from "./webhook-queries.ts";
import { type Plan, writeOnce } from "../writes/write-once.ts";
import type { Keyed, Written } from "../writes/rules/keyed.ts";

/**
 * Makes a delivery due again, whatever became of it, for another 24 hours. Its receiver gets the same `webhook-id` again.
 * @throws Refusal `not_found`; `endpoint_disabled`
 */
export function replayDelivery(
  deps: Deps,
  keyed: Keyed | undefined,
  endpointId: string,
  deliveryId: string,
): Promise<Written<Delivery>> {
  const conflict = (error: unknown) =>
    failedConstraint(error) === "webhook_deliveries.give_up_at_ms" ? isDisabled(endpointId) : undefined;
  return writeOnce(deps, keyed, () => plan(deps, endpointId, deliveryId), conflict);
}

async function plan(deps: Deps, endpointId: string, deliveryId: string): Promise<Plan<Delivery>> {
  const { endpoint, before } = await deps.db.batch("read", {
    endpoint: findEndpoint(endpointId),
    before: findDelivery(endpointId, deliveryId),
  });
  if (!endpoint) noEndpoint(endpointId);
  if (!before) throw new Refusal("not_found", `The endpoint has no delivery ${deliveryId}.`);
  if (endpoint.status !== "active") throw isDisabled(endpointId);
  const nowMs = deps.nowMs();
  const again = { status: "pending", attempts: 0, nextAttemptAtMs: nowMs, giveUpAtMs: nowMs + GIVE_UP_AFTER_MS } as const;
  const after: Delivery = { ...before, ...again };
  const change = { action: "webhook_delivery.replay", recordType: "webhook_delivery", recordId: deliveryId, before, after };
  return { queries: [updateReplayed(after)], changes: [change], answer: after, status: 200 };
}

function isDisabled(endpointId: string): Refusal {
  return new Refusal("endpoint_disabled", `The webhook endpoint ${endpointId} is disabled; activate it first.`);
}
