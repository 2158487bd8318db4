import type { AppContext } from "../http/context.ts";
import { sayVersion } from "../http/etag.ts";
import { keyedRequest } from "../http/idempotency.ts";
import { readCursor } from "../http/paging.ts";
import { createRouter } from "../http/router.ts";
import { changeEndpoint, deleteEndpoint, rotateSecret } from "./change-endpoint.ts";
import { createEndpoint } from "./create-endpoint.ts";
import { listDeliveries } from "./list-deliveries.ts";
import { timeKeySchema } from "./log-contract.ts";
import { toTimeCursor } from "./log-json.ts";
import { listEndpoints, requireEndpoint } from "./read-endpoints.ts";
import { replayDelivery } from "./replay-delivery.ts";
import type { Endpoint, EndpointFields } from "./rules/endpoint.ts";
import * as contract from "./webhook-contract.ts";
import { toDeliveryJson, toEndpointJson } from "./webhook-json.ts";
import type { Written } from "../writes/rules/keyed.ts";

export const webhookRoutes = createRouter()
  .openapi(contract.createEndpoint, async (c) => {
    const { url, events, description = null } = c.req.valid("json");
    const keyed = await keyedRequest(c, c.req.valid("json"));
    const endpoint = answered(c, await createEndpoint(c.var.deps, keyed, { url, events, description }));
    c.header("Location", `/api/v1/webhook-endpoints/${endpoint.endpointId}`);
    return c.json(await withSecret(c, endpoint), 201);
  })
  .openapi(contract.listEndpoints, async (c) => {
    const endpoints = await listEndpoints(c.var.deps);
    return c.json({ webhook_endpoints: endpoints.map(toEndpointJson) }, 200);
  })
  .openapi(contract.showEndpoint, async (c) => {
    const endpoint = await requireEndpoint(c.var.deps, c.req.valid("param").endpoint_id);
    return c.json(shown(c, endpoint), 200);
  })
  .openapi(contract.changeEndpoint, async (c) => {
    const body = c.req.valid("json");
    const keyed = await keyedRequest(c, body);
    const written = await changeEndpoint(c.var.deps, keyed, c.req.valid("param").endpoint_id, givenFields(body));
    return c.json(shown(c, answered(c, written)), 200);
  })
  .openapi(contract.deleteEndpoint, async (c) => {
    const keyed = await keyedRequest(c, null);
    const written = await deleteEndpoint(c.var.deps, keyed, c.req.valid("param").endpoint_id);
    return c.json(shown(c, answered(c, written)), 200);
  })
  .openapi(contract.rotateSecret, async (c) => {
    const keyed = await keyedRequest(c, null);
    const written = await rotateSecret(c.var.deps, keyed, c.req.valid("param").endpoint_id);
    return c.json(await withSecret(c, answered(c, written)), 200);
  })
  .openapi(contract.listDeliveries, async (c) => {
    const { limit, cursor, status } = c.req.valid("query");
    const { endpoint_id: endpointId } = c.req.valid("param");
    const page = await listDeliveries(c.var.deps, endpointId, { status, after: readCursor(cursor, timeKeySchema), limit });
    return c.json({ deliveries: page.items.map(toDeliveryJson), next_cursor: toTimeCursor(page.next) }, 200);
  })
  .openapi(contract.replayDelivery, async (c) => {
    const { endpoint_id: endpointId, delivery_id: deliveryId } = c.req.valid("param");
    const written = await replayDelivery(c.var.deps, await keyedRequest(c, null), endpointId, deliveryId);
    return c.json(toDeliveryJson(answered(c, written)), 200);
  });

function answered<A>(c: AppContext, { answer, replayed }: Written<A>): A {
  if (replayed) c.header("Idempotency-Replayed", "true");
  return answer;
}

function shown(c: AppContext, endpoint: Endpoint) {
  sayVersion(c, endpoint.updatedAtMs);
  return toEndpointJson(endpoint);
}

/** Adds the secret, which no kept answer contains: it is derived each time. */
async function withSecret(c: AppContext, endpoint: Endpoint) {
  const secret = await c.var.deps.webhookSecretOf(endpoint.endpointId, endpoint.secretNo);
  return { ...shown(c, endpoint), secret };
}

function givenFields(body: contract.EndpointChangeBody): Partial<EndpointFields> {
  return Object.fromEntries(Object.entries(body).filter(([, value]) => value !== undefined));
}
