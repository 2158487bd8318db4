import type { Deps } from "../deps.ts";
import { invalidField } from "../errors.ts";
import { failedConstraint } from "../writes/constraint.ts";
import type { Endpoint, EndpointFields } from "./rules/endpoint.ts";
import { readTarget } from "./rules/target.ts";
import { insertEndpoint, MAX_ENDPOINTS } from "./webhook-queries.ts";
import { type Plan, writeOnce } from "../writes/write-once.ts";
import type { Keyed, Written } from "../writes/rules/keyed.ts";

/**
 * Creates an active endpoint.
 * @throws Refusal `validation_failed` for a URL that events may not be sent to, and beyond 20 endpoints
 */
export function createEndpoint(
  deps: Deps,
  keyed: Keyed | undefined,
  fields: Omit<EndpointFields, "status">,
): Promise<Written<Endpoint>> {
  return writeOnce(deps, keyed, () => plan(deps, fields), refuseTooMany);
}

async function plan(deps: Deps, fields: Omit<EndpointFields, "status">): Promise<Plan<Endpoint>> {
  const [endpointId, atMs] = [deps.newId(), deps.nowMs()];
  const made = { status: "active", secretNo: 1, createdAtMs: atMs, updatedAtMs: atMs } as const;
  const endpoint: Endpoint = { endpointId, ...fields, url: requireTarget(deps, fields.url), ...made };
  const changes = [{ action: "webhook_endpoint.create", recordType: "webhook_endpoint", recordId: endpointId, after: endpoint }];
  return { queries: [insertEndpoint(endpoint)], changes, answer: endpoint, status: 201 };
}

/**
 * @returns the normalised URL
 * @throws Refusal `validation_failed`
 */
export function requireTarget(deps: Deps, url: string): string {
  const target = readTarget(url, deps.config.allowLocalWebhooks);
  if ("fault" in target) throw invalidField("url", target.fault);
  return target.url;
}

function refuseTooMany(error: unknown) {
  if (failedConstraint(error) !== "webhook_endpoints.created_at_ms") return undefined;
  return invalidField("url", `a shop has at most ${MAX_ENDPOINTS} webhook endpoints`);
}
