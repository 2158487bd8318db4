import type { Deps } from "../deps.ts";
import { requireTarget } from "./create-endpoint.ts";
import type { Endpoint, EndpointFields } from "./rules/endpoint.ts";
import { requireEndpoint } from "./read-endpoints.ts";
import { deleteEndpoint as deleteInD1, endPending, guardEndpoint, updateEndpoint } from "./webhook-queries.ts";
import { requireMatch } from "../writes/require-match.ts";
import { writeGuarded } from "../writes/write-guarded.ts";
import type { Plan } from "../writes/write-once.ts";
import type { Keyed, Written } from "../writes/rules/keyed.ts";

const GUARD = "webhook_endpoints.updated_at_ms";

const ACTIONS = { change: "webhook_endpoint.change", rotate: "webhook_endpoint.rotate_secret" };

/**
 * Changes the given fields; concurrent changes of different fields both take effect. Disabling an endpoint fails its pending
 * deliveries.
 * @throws Refusal `not_found`; `precondition_failed`; `validation_failed` for a URL that events may not be sent to
 */
export function changeEndpoint(
  deps: Deps,
  keyed: Keyed | undefined,
  endpointId: string,
  fields: Partial<EndpointFields>,
): Promise<Written<Endpoint>> {
  return writeGuarded(deps, keyed, GUARD, async () => {
    const given = { ...fields, ...(fields.url !== undefined && { url: requireTarget(deps, fields.url) }) };
    return planChange(deps, await endpointToWrite(deps, endpointId), given, "change");
  });
}

/**
 * Rotates an endpoint's secret. The previous secret signs too until the next rotation, so that receivers can switch in between.
 * @throws Refusal `not_found`, `precondition_failed`
 */
export function rotateSecret(deps: Deps, keyed: Keyed | undefined, endpointId: string): Promise<Written<Endpoint>> {
  return writeGuarded(deps, keyed, GUARD, async () => {
    const before = await endpointToWrite(deps, endpointId);
    return planChange(deps, before, { secretNo: before.secretNo + 1 }, "rotate");
  });
}

/**
 * Deletes an endpoint and fails its pending deliveries. Of concurrent deletions one succeeds.
 * @throws Refusal `not_found`, `precondition_failed`
 */
export function deleteEndpoint(deps: Deps, keyed: Keyed | undefined, endpointId: string): Promise<Written<Endpoint>> {
  return writeGuarded(deps, keyed, GUARD, async () => {
    const before = await endpointToWrite(deps, endpointId);
    const changes = [{ action: "webhook_endpoint.delete", recordType: "webhook_endpoint", recordId: endpointId, before }];
    const queries = [deleteInD1(endpointId), guardEndpoint(endpointId), endPending(endpointId)];
    return { queries, changes, answer: before, status: 200 };
  });
}

/** @throws Refusal `not_found`, `precondition_failed` */
async function endpointToWrite(deps: Deps, endpointId: string): Promise<Endpoint> {
  const endpoint = await requireEndpoint(deps, endpointId);
  requireMatch(deps, endpoint.updatedAtMs);
  return endpoint;
}

function planChange(
  deps: Deps,
  before: Endpoint,
  fields: Partial<EndpointFields & Pick<Endpoint, "secretNo">>,
  verb: keyof typeof ACTIONS,
): Plan<Endpoint> {
  const { endpointId } = before;
  const after = { ...before, ...fields, updatedAtMs: Math.max(deps.nowMs(), before.updatedAtMs + 1) };
  const queries = [updateEndpoint(before, fields, after.updatedAtMs), guardEndpoint(endpointId)];
  if (fields.status === "disabled") queries.push(endPending(endpointId));
  const change = { action: ACTIONS[verb], recordType: "webhook_endpoint", recordId: endpointId, before, after };
  return { queries, changes: [change], answer: after, status: 200 };
}
