import { createRoute, z } from "@hono/zod-openapi";
import { needs } from "../http/auth.ts";
import { problems } from "../http/problem.ts";
import { jsonAnswer } from "../http/validate.ts";

const idText = z.string().min(1).max(255);
const amountSchema = z.int().min(0).max(Number.MAX_SAFE_INTEGER);
const currencySchema = z
  .string()
  .regex(/^[a-z]{3}$/)
  .toUpperCase();
/** Stripe allows any text under a key; only an order's id is of use. */
const metadataSchema = z.looseObject({ order_id: idText.optional(), refund_id: idText.optional() }).nullish();

/** What every event has. */
export const eventSchema = z.object({ id: idText, type: idText, data: z.object({ object: z.looseObject({}) }) });

/** Objects of the events that mean something here; the rest of them is left out. */
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

export const takeStripeEvent = createRoute({
  method: "post",
  path: "/",
  tags: ["Payments"],
  summary: "Hear from Stripe",
  ...needs("payments:notify"),
  description:
    "For Stripe alone: its events as they are, signed in `Stripe-Signature` with `STRIPE_WEBHOOK_SECRET`. Understood are `payment_intent.succeeded`, `payment_intent.payment_failed`, `charge.refunded`, `refund.updated` and `refund.failed`; all others are acknowledged. Each event counts once. 200 says that it is in the database; after any other answer Stripe sends it again.",
  responses: {
    200: jsonAnswer("It is done.", z.object({ received: z.literal(true) })),
    ...problems(
      ...(["malformed_json", "signature_invalid", "body_too_large", "validation_failed"] as const),
      ...(["payments_not_configured", "unresolved"] as const),
    ),
  },
});
