import { createRoute, z } from "@hono/zod-openapi";
import { operation } from "../http/auth.ts";
import { idempotencyHeaderSchema } from "../http/idempotency.ts";
import { problems } from "../http/problem.ts";
import { isoTimeSchema, jsonAnswer, jsonBody, MAX_MAJOR, moneySchema, textSchema } from "../http/validate.ts";
import { PAID_BY, PAYMENT_METHODS } from "../rules/payment-methods.ts";
import { orderPageSchema, orderParams } from "../orders/contract.ts";
import { DISPUTE_STATUSES } from "./rules/dispute.ts";
import { PROVIDERS, REFUND_STATUSES } from "./rules/payment.ts";

const confirmBody = z
  .strictObject({
    payment_reference: textSchema(200).openapi({
      description: "The bank's or the provider's reference of the payment; each is recorded once.",
      example: "UTR 4021-77",
    }),
    amount: moneySchema,
    currency: z.string().regex(/^[A-Z]{3}$/, "use the three capitals of ISO 4217"),
  })
  .openapi("ConfirmPayment");

const refundBody = z
  .strictObject({
    amount: z.number().positive().max(MAX_MAJOR).openapi({ example: 150.5 }),
    reason: textSchema(500).openapi({ description: "For the timeline; visible to the customer.", example: "Bag torn" }),
  })
  .openapi("RefundOfOrder");

const begunSchema = z
  .object({
    provider: z.literal("stripe"),
    payment_intent_id: z.string(),
    client_secret: z
      .string()
      .openapi({ description: "For Stripe's script in the customer's browser; Holdfast does not store it." }),
    amount: z.number(),
    currency: z.string(),
  })
  .openapi("BegunPayment");

const moneyOfOrderSchema = z
  .object({
    payments: z.array(
      z.object({
        payment_id: z.string(),
        provider: z.enum(PROVIDERS),
        payment_reference: z.string(),
        amount: z.number(),
        currency: z.string(),
        at: isoTimeSchema,
        by: z.string(),
      }),
    ),
    refunds: z.array(
      z.object({
        refund_id: z.string(),
        payment_id: z.string(),
        amount: z.number(),
        reason: z.string(),
        status: z.enum(REFUND_STATUSES).openapi({
          description:
            "`recorded`: to be paid out by hand, or not yet sent to the provider. `pending`, `succeeded` and `failed` come from the provider; a failed refund did not reach the customer.",
        }),
        provider_reference: z.string().nullable(),
        at: isoTimeSchema,
        by: z.string(),
      }),
    ),
    disputes: z.array(
      z.object({
        dispute_id: z.string().openapi({ description: "Stripe's." }),
        payment_id: z.string(),
        amount: z.number(),
        reason: z.string(),
        status: z.enum(DISPUTE_STATUSES).openapi({
          description:
            "`inquiry`: the bank asks and has taken nothing; a refund may settle it. `open`: the money is taken, and refunds are blocked. Of a `lost` one it is gone, and counts as refunded.",
        }),
        opened_at: isoTimeSchema,
        closed_at: isoTimeSchema.nullable(),
      }),
    ),
  })
  .openapi("MoneyOfOrder");

const methodsSchema = z
  .object({
    currency: z.string(),
    methods: z.array(
      z.object({
        payment_method: z.enum(PAYMENT_METHODS),
        paid_by: z.enum(PAID_BY).openapi({
          description:
            "`on_delivery`: nothing is due before. `by_hand`: staff confirm the payment. `stripe`: begin it with `POST /api/v1/orders/{order_id}/payment`.",
        }),
      }),
    ),
  })
  .openapi("PaymentMethods");

const WRITE_REFUSALS = [
  ...(["malformed_json", "idempotency_key_invalid", "forbidden", "not_found", "body_too_large"] as const),
  ...(["unsupported_media_type", "validation_failed", "idempotency_key_reused", "unresolved"] as const),
] as const;

export const confirmPayment = createRoute({
  method: "post",
  path: "/{order_id}/payment/confirm",
  tags: ["Payments"],
  summary: "Confirm a payment",
  ...operation("confirmPayment", "payments:confirm"),
  description:
    "The amount must be exactly what is due (`amount_due`; of an order that is closed, what it would have cost). The same reference again returns the order as it is now and changes nothing. Where the order has expired, its units are reserved again: it becomes PROCESSING, or CANCELLED with a refund due where they are gone.",
  request: { params: orderParams, headers: idempotencyHeaderSchema, body: jsonBody(confirmBody) },
  responses: {
    200: jsonAnswer("The order as it is now.", orderPageSchema),
    ...problems("payment_mismatch", "payment_reference_used", "already_paid", "payment_not_due", ...WRITE_REFUSALS),
  },
});

export const refundOrder = createRoute({
  method: "post",
  path: "/{order_id}/refunds",
  tags: ["Payments"],
  summary: "Refund an order",
  ...operation("refundOrder", "payments:refund"),
  description:
    "At most what was paid and not refunded yet. Stripe payments are refunded by Stripe after the answer; manual payments are recorded, and paid out by hand.",
  request: { params: orderParams, headers: idempotencyHeaderSchema, body: jsonBody(refundBody) },
  responses: {
    200: jsonAnswer("The order as it is now.", orderPageSchema),
    ...problems("more_than_paid", "dispute_open", ...WRITE_REFUSALS),
  },
});

export const showPayments = createRoute({
  method: "get",
  path: "/{order_id}/payments",
  tags: ["Payments"],
  summary: "Read the payments, refunds and disputes of an order, oldest first",
  ...operation("showPayments", "payments:read"),
  request: { params: orderParams },
  responses: {
    200: jsonAnswer("All payments, refunds and disputes.", moneyOfOrderSchema),
    ...problems("forbidden", "not_found", "validation_failed"),
  },
});

export const beginPayment = createRoute({
  method: "post",
  path: "/{order_id}/payment",
  tags: ["Payments"],
  summary: "Start a Stripe payment for an order",
  ...operation("beginPayment", "payments:begin"),
  description:
    "With the order's own token, by its customer, or by staff, while it waits for its payment. It is of what is due (`amount_due`); a repeat returns the same payment. Where something else is due than before, because a part was cancelled, the payment that was begun is ended at Stripe, and the answer is another one: call this again after such a change. Stripe reports its success, not the customer.",
  request: { params: orderParams },
  responses: {
    200: jsonAnswer("What Stripe's script needs.", begunSchema),
    ...problems(
      ...(["link_expired", "not_found", "payment_not_due", "payment_processing", "body_too_large"] as const),
      ...(["validation_failed", "payments_not_configured", "unavailable"] as const),
    ),
  },
});

export const listMethods = createRoute({
  method: "get",
  path: "/methods",
  tags: ["Payments"],
  summary: "List the payment methods that the shop takes",
  ...operation("listMethods", "payments:read_methods"),
  description:
    "In the order in which the shop offers them. An order or checkout with any other is refused, before anything is reserved.",
  responses: { 200: jsonAnswer("All methods.", methodsSchema), ...problems() },
});

export type BegunJson = z.input<typeof begunSchema>;
export type MoneyOfOrderJson = z.input<typeof moneyOfOrderSchema>;
