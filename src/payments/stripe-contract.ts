import { createRoute, z } from "@hono/zod-openapi";
import { operation } from "../http/auth.ts";
import { problems } from "../http/problem.ts";
import { jsonAnswer } from "../http/validate.ts";

const idText = z.string().min(1).max(255);
const amountSchema = z.int().min(0).max(Number.MAX_SAFE_INTEGER);
const currencySchema = z
  .string()
  .regex(/^[a-z]{3}$/)
  .toUpperCase();
/** Stripe allows any text as metadata; only our ids are used. */
const metadataSchema = z.looseObject({ order_id: idText.optional(), refund_id: idText.optional() }).nullish();

/** The members of every event. */
export const eventSchema = z.object({
  id: idText,
  type: idText,
  created: z.int().min(0).max(Number.MAX_SAFE_INTEGER).default(0).openapi({ description: "In seconds." }),
  data: z.object({ object: z.looseObject({}) }),
});

/** The objects of the handled events, as far as they are used. */
export const intentSchema = z.object({ id: idText, metadata: metadataSchema });
export const paidIntentSchema = intentSchema.extend({ amount_received: amountSchema, currency: currencySchema });
export const chargeSchema = z.object({
  payment_intent: idText.nullish(),
  amount_refunded: amountSchema,
  currency: currencySchema,
  metadata: metadataSchema,
});
export const refundSchema = z.object({
  id: idText,
  status: z.string().nullish(),
  payment_intent: idText.nullish(),
  amount: amountSchema.optional(),
  currency: currencySchema.optional(),
  metadata: metadataSchema,
});

export const disputeSchema = z.object({
  id: idText,
  status: idText,
  reason: z.string().max(255).nullish(),
  payment_intent: idText.nullish(),
  amount: amountSchema,
  currency: currencySchema,
});

export const takeStripeEvent = createRoute({
  method: "post",
  path: "/",
  tags: ["Payments"],
  summary: "Receive events of Stripe",
  ...operation("takeStripeEvent", "payments:notify"),
  description:
    "For Stripe only: its events, signed in `Stripe-Signature` with `STRIPE_WEBHOOK_SECRET`. Handled are `payment_intent.succeeded`, `.payment_failed` and `.canceled`, `charge.refunded`, `refund.updated`, `refund.failed`, `charge.refund.updated`, and `charge.dispute.created`, `.updated`, `.funds_withdrawn`, `.funds_reinstated` and `.closed`; all others are acknowledged. Each event counts once. After 200 it is in the database; after any other answer Stripe sends it again.",
  // The signature is of the bytes, so the route reads them itself.
  request: {
    body: { required: true, content: { "application/json": { schema: { type: "object", description: "An event." } } } },
  },
  responses: {
    200: jsonAnswer("The event was handled.", z.object({ received: z.literal(true) })),
    ...problems(
      ...(["malformed_json", "signature_invalid", "body_too_large", "validation_failed"] as const),
      ...(["payments_not_configured", "unresolved"] as const),
    ),
  },
});
