import type { Deps } from "../deps.ts";
import { Refusal } from "../errors.ts";
import { requireTarget } from "./create-endpoint.ts";
import type { Endpoint, EndpointFields } from "./rules/endpoint.ts";
import { deleteEndpoint as deleteInD1, guardEndpoint, endPending, findEndpoint, updateEndpoint } from "./webhook-queries.ts";
import { writeGuarded } from "../writes/write-guarded.ts";
import type { Plan } from "../writes/write-once.ts";
import type { Keyed, Written } from "../writes/rules/keyed.ts";

const GUARD = "webhook_endpoints.updated_at_ms";

const ACTIONS = { change: "webhook_endpoint.change", rotate: "webhook_endpoint.rotate_secret" };

/**
 * Changes the given fields; two changes of different fields at once both hold. What a disabled endpoint was still to get ends as
 * failed.
 * @throws Refusal `not_found`; `validation_failed` for an address that events may not go to
 */
export function changeEndpoint(
  deps: Deps,
  keyed: Keyed | undefined,
  endpointId: string,
  fields: Partial<EndpointFields>,
): Promise<Written<Endpoint>> {
  return writeGuarded(deps, keyed, GUARD, async () => {
    const given = { ...fields, ...(fields.url !== undefined && { url: requireTarget(deps, fields.url) }) };
    return planChange(deps, await requireEndpoint(deps, endpointId), given, "change");
  });
}

/**
 * Gives an endpoint its next secret. The one before signs too until the next rotation, so that receivers may change at leisure.
 * @throws Refusal `not_found`
 */
export function rotateSecret(deps: Deps, keyed: Keyed | undefined, endpointId: string): Promise<Written<Endpoint>> {
  return writeGuarded(deps, keyed, GUARD, async () => {
    const before = await requireEndpoint(deps, endpointId);
    return planChange(deps, before, { secretNo: before.secretNo + 1 }, "rotate");
  });
}

/**
 * Deletes an endpoint, once of however many that do so at once. What it was still to get ends as failed.
 * @throws Refusal `not_found`
 */
export function deleteEndpoint(deps: Deps, keyed: Keyed | undefined, endpointId: string): Promise<Written<Endpoint>> {
  return writeGuarded(deps, keyed, GUARD, async () => {
    const before = await requireEndpoint(deps, endpointId);
    const changes = [{ action: "webhook_endpoint.delete", recordType: "webhook_endpoint", recordId: endpointId, before }];
    const queries = [deleteInD1(endpointId), guardEndpoint(endpointId), endPending(endpointId)];
    return { queries, changes, answer: before, status: 200 };
  });
}

/** @throws Refusal `not_found` */
export async function requireEndpoint(deps: Deps, endpointId: string): Promise<Endpoint> {
  const { endpoint } = await deps.db.batch("require endpoint", { endpoint: findEndpoint(endpointId) });
  return endpoint ?? noEndpoint(endpointId);
}

/** @throws Refusal `not_found` */
export function noEndpoint(endpointId: string): never {
  throw new Refusal("not_found", `There is no webhook endpoint ${endpointId}.`);
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
