import { createRoute, z } from "@hono/zod-openapi";
import { needs } from "../http/auth.ts";
import { problems } from "../http/problem.ts";
import { jsonAnswer } from "../http/validate.ts";
import { PAID_BY, PAYMENT_METHODS } from "../rules/payment-methods.ts";

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

export const listMethods = createRoute({
  method: "get",
  path: "/methods",
  tags: ["Payments"],
  summary: "List the payment methods that the shop takes",
  ...needs("payments:read_methods"),
  description:
    "In the order in which the shop offers them. An order or checkout with any other is refused, before anything is reserved.",
  responses: { 200: jsonAnswer("All methods.", methodsSchema), ...problems() },
});
