import { createRoute, z } from "@hono/zod-openapi";
import { needs, operation } from "../../http/auth.ts";
import { idempotencyHeaderSchema } from "../../http/idempotency.ts";
import { problems } from "../../http/problem.ts";
import { TURNSTILE_REFUSALS, turnstileHeaderSchema } from "../../http/turnstile.ts";
import { emailSchema, emptyBodyIsAbsent, isoTimeSchema, jsonAnswer, jsonBody, optionalJsonBody } from "../../http/validate.ts";
import { orderParams } from "../contract.ts";
import { BODY_REFUSALS } from "../lifecycle/contract.ts";

const MAX_DAYS = 90;
/** A week: a mail is read late, and a link that leaked is no use for long. */
export const DAYS = 7;

const linkBody = z
  .strictObject({
    expires_in_days: z
      .int()
      .min(1)
      .max(MAX_DAYS)
      .optional()
      .openapi({ description: `${DAYS} where it is absent.` }),
  })
  .openapi("MakeOrderLink");

const linkSchema = z
  .object({
    order_id: z.string(),
    order_token: z
      .string()
      .openapi({ description: "A bearer token of this order, good for what the order's own is, until it expires." }),
    expires_at: isoTimeSchema,
    url: z.string().nullable().openapi({ description: "The link by the shop's `ORDER_LINK_URL`; null where that is not set." }),
  })
  .openapi("OrderLink");

const requestBody = z
  .strictObject({ email: emailSchema.openapi({ description: "The address that the order was placed with." }) })
  .openapi("RequestOrderLink");

const acceptedSchema = z.object({ status: z.literal("accepted") }).openapi("OrderLinkRequested");

export const makeLink = createRoute({
  method: "post",
  path: "/{order_id}/link",
  tags: ["Orders"],
  summary: "Make a link to an order, for a customer who has lost theirs",
  ...operation("makeOrderLink", "orders:link"),
  middleware: [needs("orders:link").middleware, emptyBodyIsAbsent],
  description:
    "Whoever has it can read the order, cancel it, pay it, request a return and claim it, so give it only to the order's customer. It is stored nowhere and cannot be taken back: it ends by itself. The order's timeline and the audit log say who made one.",
  request: { params: orderParams, headers: idempotencyHeaderSchema, body: optionalJsonBody(linkBody) },
  responses: { 201: jsonAnswer("The link.", linkSchema), ...problems("forbidden", ...BODY_REFUSALS) },
});

export const requestLink = createRoute({
  method: "post",
  path: "/{order_id}/request-link",
  tags: ["Orders"],
  summary: "Ask for a link to an order by its id and e-mail address",
  ...operation("requestOrderLink", "orders:request_link"),
  description:
    "The answer is the same whether there is such an order, and whether the address is its own. Where it is, the order's timeline says so, and webhooks get `order.link_requested`, at most once an hour for an order: whoever sends the shop's mail makes a link then and mails it.",
  request: {
    params: orderParams,
    headers: idempotencyHeaderSchema.extend(turnstileHeaderSchema.shape),
    body: jsonBody(requestBody),
  },
  responses: {
    202: jsonAnswer("Heard.", acceptedSchema),
    ...problems(
      "idempotency_key_invalid",
      "idempotency_key_too_weak",
      "idempotency_key_reused",
      "malformed_json",
      "unsupported_media_type",
      "body_too_large",
      "rate_limited",
      "unresolved",
      ...TURNSTILE_REFUSALS,
    ),
  },
});
