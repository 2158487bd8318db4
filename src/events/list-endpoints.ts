import type { Deps } from "../deps.ts";
import type { Endpoint } from "./rules/endpoint.ts";
import { findEndpoints } from "./webhook-queries.ts";

/** Lists every webhook endpoint, the first made first; they are few. */
export async function listEndpoints(deps: Deps): Promise<Endpoint[]> {
  const { endpoints } = await deps.db.batch("list endpoints", { endpoints: findEndpoints() });
  return endpoints;
}
