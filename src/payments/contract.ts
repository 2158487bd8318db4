import { createRoute, z } from "@hono/zod-openapi";
import { needs } from "../http/auth.ts";
import { idempotencyHeaderSchema } from "../http/idempotency.ts";
import { problems } from "../http/problem.ts";
import { jsonAnswer, jsonBody, moneySchema, textSchema } from "../http/validate.ts";
import { orderPageSchema, orderParams } from "../orders/contract.ts";

const confirmBody = z
  .object({
    payment_reference: textSchema(200).openapi({
      description: "The bank's or the provider's name for the money; each is taken once.",
      example: "UTR 4021-77",
    }),
    amount: moneySchema,
    currency: z.string().regex(/^[A-Z]{3}$/, "use the three capitals of ISO 4217"),
  })
  .openapi("ConfirmPayment");

const WRITE_REFUSALS = [
  ...(["malformed_json", "idempotency_key_invalid", "forbidden", "not_found", "body_too_large"] as const),
  ...(["unsupported_media_type", "validation_failed", "idempotency_key_reused", "unresolved"] as const),
] as const;

export const confirmPayment = createRoute({
  method: "post",
  path: "/{order_id}/payment/confirm",
  tags: ["Payments"],
  summary: "Say that an order was paid",
  ...needs("payments:confirm"),
  description:
    "Exactly what is due. The same reference again answers the order as it is now and changes nothing. Where the order's time was over, its units are sought anew: it becomes PROCESSING, or where they are gone CANCELLED, and the money is owed back.",
  request: { params: orderParams, headers: idempotencyHeaderSchema, body: jsonBody(confirmBody) },
  responses: {
    200: jsonAnswer("The order as it is now.", orderPageSchema),
    ...problems("payment_mismatch", "payment_reference_used", "already_paid", ...WRITE_REFUSALS),
  },
});
