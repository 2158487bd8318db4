import { createRoute, z } from "@hono/zod-openapi";
import { operation } from "../http/auth.ts";
import { editHeadersSchema } from "../http/etag.ts";
import { idempotencyHeaderSchema } from "../http/idempotency.ts";
import { nextCursorSchema, pageQuerySchema } from "../http/paging.ts";
import { problems } from "../http/problem.ts";
import { idSchema, isoTimeSchema, jsonAnswer, jsonBody, textSchema } from "../http/validate.ts";
import { DELIVERY_STATUSES, ENDPOINT_STATUSES } from "./rules/endpoint.ts";
import { EVENT_TYPES } from "./rules/event-types.ts";

const MAX_DELIVERY_ID = 300;

const eventsSchema = z
  .array(z.enum(EVENT_TYPES))
  .min(1)
  .max(EVENT_TYPES.length)
  .refine((events) => new Set(events).size === events.length, "name each event once");
const urlSchema = z.string().openapi({
  description: "https, a public domain name, port 443 or 8443.",
  example: "https://shop.example.com/hooks",
});
const descriptionSchema = textSchema(200).nullish();
const statusSchema = z.enum(ENDPOINT_STATUSES);

const newEndpointSchema = z
  .strictObject({ url: urlSchema, events: eventsSchema, description: descriptionSchema })
  .openapi("NewWebhookEndpoint");

const endpointChangeSchema = z
  .strictObject({ url: urlSchema, events: eventsSchema, description: descriptionSchema, status: statusSchema })
  .partial()
  .refine((body) => Object.keys(body).length > 0, "give at least one field to change")
  .openapi("WebhookEndpointChange");

export type EndpointChangeBody = z.output<typeof endpointChangeSchema>;

/** An endpoint without its secret. Written by `toEndpointJson`. */
const endpointSchema = z
  .object({
    endpoint_id: z.string(),
    url: z.string(),
    description: z.string().nullable(),
    events: z.array(z.enum(EVENT_TYPES)),
    status: statusSchema.openapi({ description: "`disabled` by an admin, or after the receiver answered 410." }),
    created_at: isoTimeSchema,
    updated_at: isoTimeSchema,
  })
  .openapi("WebhookEndpoint");

const endpointWithSecretSchema = endpointSchema
  .extend({
    secret: z
      .string()
      .openapi({ description: "Returned only on creation and rotation.", example: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw" }),
  })
  .openapi("WebhookEndpointWithSecret");

const deliverySchema = z
  .object({
    delivery_id: z.string(),
    event_id: z.string().openapi({ description: "The header `webhook-id`, the same in every attempt." }),
    event_type: z.enum(EVENT_TYPES),
    status: z.enum(DELIVERY_STATUSES),
    attempts: z.int(),
    next_attempt_at: isoTimeSchema.nullable().openapi({ description: "Null once the delivery has succeeded or failed." }),
    gives_up_at: isoTimeSchema,
    response_status: z.int().nullable().openapi({ description: "The answer to the last attempt; null if there was none." }),
    error: z.string().nullable(),
    created_at: isoTimeSchema,
    last_attempt_at: isoTimeSchema.nullable(),
  })
  .openapi("WebhookDelivery");

const KEYED = [
  ...(["idempotency_key_invalid", "forbidden", "body_too_large", "validation_failed"] as const),
  ...(["idempotency_key_reused", "unresolved"] as const),
] as const;
const WITH_BODY = [...KEYED, "malformed_json", "unsupported_media_type"] as const;

const paramsSchema = z.object({ endpoint_id: idSchema });
const tags = ["Webhooks"];

export const createEndpoint = createRoute({
  method: "post",
  path: "/",
  tags,
  summary: "Create a webhook endpoint",
  ...operation("createEndpoint", "webhooks:manage"),
  request: { headers: idempotencyHeaderSchema, body: jsonBody(newEndpointSchema) },
  responses: { 201: jsonAnswer("The endpoint with its signing secret", endpointWithSecretSchema), ...problems(...WITH_BODY) },
});

export const listEndpoints = createRoute({
  method: "get",
  path: "/",
  tags,
  summary: "List the webhook endpoints",
  ...operation("listEndpoints", "webhooks:manage"),
  responses: {
    200: jsonAnswer("All of them", z.object({ webhook_endpoints: z.array(endpointSchema) })),
    ...problems("forbidden"),
  },
});

export const showEndpoint = createRoute({
  method: "get",
  path: "/{endpoint_id}",
  tags,
  summary: "Show a webhook endpoint",
  ...operation("showEndpoint", "webhooks:manage"),
  request: { params: paramsSchema },
  responses: { 200: jsonAnswer("The endpoint", endpointSchema), ...problems("not_found", "forbidden", "validation_failed") },
});

export const changeEndpoint = createRoute({
  method: "patch",
  path: "/{endpoint_id}",
  tags,
  summary: "Change, disable or activate a webhook endpoint",
  ...operation("changeEndpoint", "webhooks:manage"),
  request: { params: paramsSchema, headers: editHeadersSchema, body: jsonBody(endpointChangeSchema) },
  responses: {
    200: jsonAnswer("The endpoint as it is now", endpointSchema),
    ...problems("precondition_failed", "not_found", ...WITH_BODY),
  },
});

export const deleteEndpoint = createRoute({
  method: "delete",
  path: "/{endpoint_id}",
  tags,
  summary: "Delete a webhook endpoint",
  ...operation("deleteEndpoint", "webhooks:manage"),
  request: { params: paramsSchema, headers: editHeadersSchema },
  responses: {
    200: jsonAnswer("The endpoint as it was", endpointSchema),
    ...problems("precondition_failed", "not_found", ...KEYED),
  },
});

export const rotateSecret = createRoute({
  method: "post",
  path: "/{endpoint_id}/rotate-secret",
  tags,
  summary: "Rotate the signing secret of a webhook endpoint",
  ...operation("rotateSecret", "webhooks:manage"),
  request: { params: paramsSchema, headers: editHeadersSchema },
  responses: {
    200: jsonAnswer(
      "The endpoint with its new secret; the previous secret signs too until the next rotation",
      endpointWithSecretSchema,
    ),
    ...problems("precondition_failed", "not_found", ...KEYED),
  },
});

export const listDeliveries = createRoute({
  method: "get",
  path: "/{endpoint_id}/deliveries",
  tags,
  summary: "List the deliveries of a webhook endpoint, newest first",
  ...operation("listDeliveries", "webhooks:manage"),
  request: { params: paramsSchema, query: pageQuerySchema.extend({ status: z.enum(DELIVERY_STATUSES).optional() }) },
  responses: {
    200: jsonAnswer(
      "A page; with `status` it may be short before the last",
      z.object({ deliveries: z.array(deliverySchema), next_cursor: nextCursorSchema }),
    ),
    ...problems("not_found", "forbidden", "validation_failed"),
  },
});

export const replayDelivery = createRoute({
  method: "post",
  path: "/{endpoint_id}/deliveries/{delivery_id}/replay",
  tags,
  summary: "Send a delivery again, for another 24 hours",
  ...operation("replayDelivery", "webhooks:manage"),
  request: {
    params: paramsSchema.extend({ delivery_id: z.string().min(1).max(MAX_DELIVERY_ID) }),
    headers: idempotencyHeaderSchema,
  },
  responses: {
    200: jsonAnswer("The delivery, due now", deliverySchema),
    ...problems("not_found", "endpoint_disabled", ...KEYED),
  },
});
