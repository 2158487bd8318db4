import { createRoute, z } from "@hono/zod-openapi";
import { needs, operation } from "../../http/auth.ts";
import { idempotencyHeaderSchema } from "../../http/idempotency.ts";
import { problems } from "../../http/problem.ts";
import { emptyBodyIsAbsent, optionalJsonBody, textSchema } from "../../http/validate.ts";
import { orderParams } from "../contract.ts";
import { answer, BODY_REFUSALS } from "../lifecycle/contract.ts";

const reopenBody = z
  .strictObject({
    note: textSchema(500).nullish().openapi({ description: "For the timeline; visible to the customer." }),
  })
  .openapi("ReopenOrder");

export const reopenOrder = createRoute({
  method: "post",
  path: "/{order_id}/reopen",
  tags: ["Orders"],
  summary: "Reopen an order that was cancelled or expired",
  ...operation("reopenOrder", "orders:reopen"),
  middleware: [needs("orders:reopen").middleware, emptyBodyIsAbsent],
  description:
    "It takes its units again, at the prices at which it was sold, and is `PENDING`: for a new `ORDER_EXPIRY_HOURS`, and with a new time to pay where it is to be paid first. Money that the shop has of it counts. 409 `insufficient_stock` says which lines are short; 409 `not_reopenable` has a `reason`.",
  request: { params: orderParams, headers: idempotencyHeaderSchema, body: optionalJsonBody(reopenBody) },
  responses: {
    ...answer("The order as it is now."),
    ...problems(
      "forbidden",
      "illegal_transition",
      "not_reopenable",
      "insufficient_stock",
      "max_per_customer_exceeded",
      "address_required",
      ...BODY_REFUSALS,
    ),
  },
});
