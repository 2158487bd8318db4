import type { Deps } from "../deps.ts";
import { Refusal } from "../errors.ts";
import type { Endpoint } from "./rules/endpoint.ts";
import { findEndpoint, findEndpoints } from "./webhook-queries.ts";

/** Lists every webhook endpoint, oldest first, without pages: there are at most 20. */
export async function listEndpoints(deps: Deps): Promise<Endpoint[]> {
  const { endpoints } = await deps.db.batch("list endpoints", { endpoints: findEndpoints() });
  return endpoints;
}

/** @throws Refusal `not_found` */
export async function requireEndpoint(deps: Deps, endpointId: string): Promise<Endpoint> {
  const { endpoint } = await deps.db.batch("show endpoint", { endpoint: findEndpoint(endpointId) });
  return endpoint ?? refuseMissing(endpointId);
}

/** @throws Refusal `not_found` */
export function refuseMissing(endpointId: string): never {
  throw new Refusal("not_found", `Webhook endpoint ${endpointId} not found.`);
}
