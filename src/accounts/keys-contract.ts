import { createRoute, z } from "@hono/zod-openapi";
import { operation } from "../http/auth.ts";
import { idempotencyHeaderSchema } from "../http/idempotency.ts";
import { nextCursorSchema, pageQuerySchema } from "../http/paging.ts";
import { problems } from "../http/problem.ts";
import { timeSchema } from "../http/times.ts";
import { idSchema, isoTimeSchema, jsonAnswer, jsonBody, textSchema } from "../http/validate.ts";
import { KEY_ACTIONS } from "../rules/rights.ts";

const newKeySchema = z
  .strictObject({
    name: textSchema(200).openapi({ example: "Warehouse scanner" }),
    rights: z
      .array(z.enum(KEY_ACTIONS))
      .max(KEY_ACTIONS.length)
      .transform((rights) => [...new Set(rights)])
      .openapi({ description: "Rights beyond those of a guest.", example: ["inventory:write"] }),
    expires_at: timeSchema.optional().openapi({ description: "In the future. Without it the key never expires." }),
  })
  .openapi("NewApiKey");

/** An API key as admins see it, without the secret. Written by `toKeyJson`. */
const keySchema = z
  .object({
    key_id: z.string(),
    name: z.string(),
    rights: z.array(z.string()),
    expires_at: isoTimeSchema.nullable(),
    revoked_at: isoTimeSchema.nullable(),
    last_used_at: isoTimeSchema.nullable().openapi({ description: "Accurate to about ten minutes." }),
    created_by: z.string(),
    created_at: isoTimeSchema,
  })
  .openapi("ApiKey");

const createdKeySchema = keySchema
  .extend({ key: z.string().openapi({ description: "The bearer token. Shown only once." }) })
  .openapi("CreatedApiKey");

const REFUSALS = [
  ...(["idempotency_key_invalid", "forbidden", "body_too_large", "validation_failed"] as const),
  ...(["idempotency_key_reused", "unresolved"] as const),
] as const;

export const createKey = createRoute({
  method: "post",
  path: "/",
  tags: ["API keys"],
  summary: "Create an API key",
  ...operation("createKey", "keys:manage"),
  request: { headers: idempotencyHeaderSchema, body: jsonBody(newKeySchema) },
  responses: {
    201: jsonAnswer("The key", createdKeySchema),
    ...problems("malformed_json", "unsupported_media_type", ...REFUSALS),
  },
});

export const listKeys = createRoute({
  method: "get",
  path: "/",
  tags: ["API keys"],
  summary: "List API keys, newest first",
  ...operation("listKeys", "keys:manage"),
  request: { query: pageQuerySchema },
  responses: {
    200: jsonAnswer("A page of keys", z.object({ api_keys: z.array(keySchema), next_cursor: nextCursorSchema })),
    ...problems("forbidden", "validation_failed"),
  },
});

export const revokeKey = createRoute({
  method: "delete",
  path: "/{key_id}",
  tags: ["API keys"],
  summary: "Revoke an API key, from the next request on",
  ...operation("revokeKey", "keys:manage"),
  request: { params: z.object({ key_id: idSchema }), headers: idempotencyHeaderSchema },
  responses: { 200: jsonAnswer("The key as it is now", keySchema), ...problems("not_found", ...REFUSALS) },
});
