import { createRoute, z } from "@hono/zod-openapi";
import { needs, operation } from "../../http/auth.ts";
import { editHeadersSchema } from "../../http/etag.ts";
import { idempotencyHeaderSchema } from "../../http/idempotency.ts";
import { nextCursorSchema, pageQuerySchema } from "../../http/paging.ts";
import { problems } from "../../http/problem.ts";
import {
  emptyBodyIsAbsent,
  idSchema,
  jsonAnswer,
  jsonBody,
  optionalJsonBody,
  quantitySchema,
  textSchema,
} from "../../http/validate.ts";
import { orderParams, returnHeadSchema, returnSchema } from "../contract.ts";
import { answer, BODY_REFUSALS } from "../lifecycle/contract.ts";
import { ORDER_STATUSES } from "../rules/statuses.ts";
import { CONDITIONS, RETURN_STATUSES } from "../rules/timeline.ts";

const MAX_LINES = 100;

const itemSchema = z.strictObject({
  product_id: idSchema,
  variant_id: idSchema.optional().openapi({ description: "Required only where the order has several variants of the product." }),
  quantity: quantitySchema,
});

const conditionSchema = z.enum(CONDITIONS).openapi({ description: "`damaged` units are recorded but not put back on hand." });

const warehouseSchema = idSchema
  .optional()
  .openapi({ description: "Where the goods are now; those that supplied them where it is absent.", example: "BLR" });

const returnBody = z
  .strictObject({
    items: z
      .array(itemSchema.extend({ condition: conditionSchema.optional() }))
      .min(1)
      .max(MAX_LINES),
    reason: textSchema(500).optional().openapi({ example: "Too small" }),
    warehouse_id: warehouseSchema,
  })
  .openapi("ReturnOfOrder");
export type ReturnBody = z.output<typeof returnBody>;

const receiptBody = z
  .strictObject({
    items: z
      .array(itemSchema.extend({ condition: conditionSchema }))
      .min(1)
      .max(MAX_LINES)
      .optional()
      .openapi({ description: "All that is left of the request, `sellable`, where it is absent." }),
    warehouse_id: warehouseSchema,
  })
  .openapi("ReceiveReturn");

const rejectBody = z
  .strictObject({ reason: textSchema(500).openapi({ description: "Visible to the customer.", example: "After 30 days" }) })
  .openapi("RejectReturn");

const listedSchema = returnHeadSchema
  .extend({
    order_id: z.string(),
    order_status: z.enum(ORDER_STATUSES),
    customer_name: z.string(),
    customer_email: z.string().nullable(),
    customer_phone: z.string().nullable(),
  })
  .openapi("ListedReturn");

const returnParams = orderParams.extend({ return_id: idSchema });

export const returnOrder = createRoute({
  method: "post",
  path: "/{order_id}/returns",
  tags: ["Returns"],
  summary: "Request a return, or accept one",
  ...operation("returnOrder", "orders:request_return"),
  description:
    "With the order's own token, or by its customer, it is a request, which moves neither goods nor money: staff receive or reject it. By staff it is what came back: `condition` and `reason` are required, and `warehouse_id` is for staff only. What has not left is cancelled instead. A bundle comes back whole by its own id, or in parts by its components'. When every unit came back the order is RETURNED.",
  request: { params: orderParams, headers: idempotencyHeaderSchema, body: jsonBody(returnBody) },
  responses: {
    ...answer("By staff: the order with the return."),
    201: jsonAnswer("By the customer: the return that was requested.", returnSchema),
    ...problems(
      "link_expired",
      "idempotency_key_too_weak",
      "illegal_transition",
      "already_refunded",
      "not_returnable",
      ...BODY_REFUSALS,
    ),
  },
});

export const receiveReturn = createRoute({
  method: "post",
  path: "/{order_id}/returns/{return_id}/receive",
  tags: ["Returns"],
  summary: "Receive what a customer asked to bring back",
  ...operation("receiveReturn", "orders:return"),
  middleware: [needs("orders:return").middleware, emptyBodyIsAbsent],
  description:
    "All of it or some, in several parts: what is left can still be received, or requested anew. What is more than was requested is a return of its own.",
  request: { params: returnParams, headers: editHeadersSchema, body: optionalJsonBody(receiptBody) },
  responses: {
    ...answer("The order as it is now."),
    ...problems("precondition_failed", "forbidden", "return_closed", "illegal_transition", "not_returnable", ...BODY_REFUSALS),
  },
});

export const rejectReturn = createRoute({
  method: "post",
  path: "/{order_id}/returns/{return_id}/reject",
  tags: ["Returns"],
  summary: "Reject what a customer asked to bring back",
  ...operation("rejectReturn", "orders:return"),
  request: { params: returnParams, headers: editHeadersSchema, body: jsonBody(rejectBody) },
  responses: {
    ...answer("The order as it is now."),
    ...problems("precondition_failed", "forbidden", "return_closed", ...BODY_REFUSALS),
  },
});

export const listReturns = createRoute({
  method: "get",
  path: "/",
  tags: ["Returns"],
  summary: "List returns",
  ...operation("listReturns", "orders:read_any"),
  description:
    "Those that are `requested` oldest first, others and all of them newest first. The order's page has the units that came back.",
  request: { query: pageQuerySchema.extend({ status: z.enum(RETURN_STATUSES).optional() }) },
  responses: {
    200: jsonAnswer("A page", z.object({ returns: z.array(listedSchema), next_cursor: nextCursorSchema })),
    ...problems("forbidden", "validation_failed"),
  },
});
