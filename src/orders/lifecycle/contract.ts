import { createRoute, z } from "@hono/zod-openapi";
import { needs, operation } from "../../http/auth.ts";
import { editHeadersSchema } from "../../http/etag.ts";
import { idempotencyHeaderSchema } from "../../http/idempotency.ts";
import { nextCursorSchema, pageQuerySchema } from "../../http/paging.ts";
import { problems } from "../../http/problem.ts";
import { boundSchema } from "../../http/times.ts";
import {
  emailSchema,
  emptyBodyIsAbsent,
  idSchema,
  jsonAnswer,
  jsonBody,
  optionalJsonBody,
  quantitySchema,
  textSchema,
} from "../../http/validate.ts";
import { orderHeadSchema, orderPageSchema, orderParams } from "../contract.ts";
import { SHOWN_PAYMENT_STATUSES } from "../rules/order.ts";
import { FULFILLMENT_STATUSES } from "../rules/shipping.ts";
import { ORDER_STATUSES } from "../rules/statuses.ts";

const MAX_CANCELLED_LINES = 100;

const listQuerySchema = pageQuerySchema.extend({
  status: z.enum(ORDER_STATUSES).optional(),
  payment_status: z
    .enum(SHOWN_PAYMENT_STATUSES)
    .optional()
    .openapi({ description: "As orders show it: `disputed` while a dispute is open, whatever it was before." }),
  fulfillment_status: z.enum(FULFILLMENT_STATUSES).optional().openapi({ description: "How much of an order has left." }),
  stock_short: z
    .enum(["true", "false"])
    .optional()
    .openapi({ description: "Whether a shelf turned out to have fewer units than the order was promised." })
    .transform((value) => (value === undefined ? undefined : value === "true")),
  tag: textSchema(40).optional().openapi({ description: "A tag, exactly as it was written. For staff." }),
  warehouse_id: idSchema
    .optional()
    .openapi({ description: "Orders that this warehouse supplies, fully or in part.", example: "BLR" }),
  customer_email: emailSchema.optional(),
  created_from: boundSchema
    .optional()
    .openapi({ description: "At or after this time, or from this day on in the shop's time zone." }),
  created_to: boundSchema.optional().openapi({ description: "Before this time, or up to this day, which is included." }),
  q: textSchema(254).optional().openapi({
    description:
      "Words, each of which must be found, in any order: a part of the name, of the e-mail address, of the order id or of a tracking number (from four characters on), or the beginning of a SKU; or a phone number in any spelling, or its last six digits or more. Case, accents and width do not matter.",
  }),
  include_deleted: z
    .enum(["true", "false"])
    .optional()
    .openapi({ description: "For admins." })
    .transform((value) => value === "true"),
});

const moveBody = z
  .strictObject({
    status: z.enum(ORDER_STATUSES),
    note: textSchema(500).nullish().openapi({ description: "For the timeline; visible to the customer." }),
  })
  .openapi("MoveOrder");

const cancelBody = z
  .strictObject({
    items: z
      .array(z.strictObject({ line_no: z.int().min(1), quantity: quantitySchema }))
      .min(1)
      .max(MAX_CANCELLED_LINES)
      .optional()
      .openapi({ description: "All that has not left where it is absent. A bundle is cancelled whole." }),
    reason: textSchema(500)
      .nullish()
      .openapi({ description: "For the timeline; visible to the customer.", example: "Changed my mind" }),
  })
  .openapi("CancelOrder");

const claimBody = z
  .strictObject({ order_token: textSchema(200).openapi({ description: "What the answer to the order carried." }) })
  .openapi("ClaimOrder");

/** What every write of an order may answer; `BODY_REFUSALS` of those with a body. */
export const WRITE_REFUSALS = [
  "idempotency_key_invalid",
  "not_found",
  "body_too_large",
  "validation_failed",
  "idempotency_key_reused",
  "unresolved",
] as const;
export const BODY_REFUSALS = ["malformed_json", "unsupported_media_type", ...WRITE_REFUSALS] as const;

/** The order, as its page shows it. */
export const answer = (description: string) => ({ 200: jsonAnswer(description, orderPageSchema) });

export const listOrders = createRoute({
  method: "get",
  path: "/",
  tags: ["Orders"],
  summary: "List orders, newest first",
  ...operation("listOrders", "orders:list"),
  description:
    "Staff see all orders, customers those of their account. With `q` or several filters a page can be short or empty without being the last.",
  request: { query: listQuerySchema },
  responses: {
    200: jsonAnswer("A page", z.object({ orders: z.array(orderHeadSchema), next_cursor: nextCursorSchema })),
    ...problems("forbidden", "validation_failed"),
  },
});

export const moveOrder = createRoute({
  method: "put",
  path: "/{order_id}",
  tags: ["Orders"],
  summary: "Move an order to another status",
  ...operation("moveOrder", "orders:move"),
  description: "`PROCESSING` only when the order is cash on delivery or paid; `CANCELLED` only while nothing was returned.",
  request: { params: orderParams, headers: editHeadersSchema, body: jsonBody(moveBody) },
  responses: {
    ...answer("The order as it is now."),
    ...problems("precondition_failed", "forbidden", "illegal_transition", "order_short", ...BODY_REFUSALS),
  },
});

export const cancelOrder = createRoute({
  method: "post",
  path: "/{order_id}/cancel",
  tags: ["Orders"],
  summary: "Cancel an order, or a part of it",
  ...operation("cancelOrder", "orders:cancel"),
  middleware: [needs("orders:cancel").middleware, emptyBodyIsAbsent],
  description:
    "With the order's own token, by its customer, or by staff, while it is PENDING or PROCESSING. What has not left can be cancelled, in parts or at once; its units are free again in the warehouses that were to supply them. Where something has left, the order is completed instead of cancelled.",
  request: {
    params: orderParams,
    headers: editHeadersSchema,
    body: optionalJsonBody(cancelBody),
  },
  responses: {
    ...answer("The order as it is now."),
    ...problems(
      "link_expired",
      "precondition_failed",
      "idempotency_key_too_weak",
      "illegal_transition",
      "not_cancellable",
      ...BODY_REFUSALS,
    ),
  },
});

export const deleteOrder = createRoute({
  method: "delete",
  path: "/{order_id}",
  tags: ["Orders"],
  summary: "Hide an order from lists, and cancel it if it is open",
  ...operation("deleteOrder", "orders:delete"),
  description: "Its rows, ledger and timeline stay; `include_deleted=true` lists it.",
  request: { params: orderParams, headers: editHeadersSchema },
  responses: {
    ...answer("The hidden order."),
    ...problems("precondition_failed", "forbidden", "illegal_transition", ...WRITE_REFUSALS),
  },
});

export const claimOrder = createRoute({
  method: "post",
  path: "/{order_id}/claim",
  tags: ["Orders"],
  summary: "Attach a guest's order to the signed-in account",
  ...operation("claimOrder", "orders:claim"),
  request: { params: orderParams, headers: idempotencyHeaderSchema, body: jsonBody(claimBody) },
  responses: { ...answer("The order."), ...problems("forbidden", "already_claimed", ...BODY_REFUSALS) },
});

export const showOrder = createRoute({
  method: "get",
  path: "/{order_id}",
  tags: ["Orders"],
  summary: "Read an order",
  ...operation("showOrder", "orders:read_one"),
  description: "With the order's own token, by its customer, or by staff; for anyone else there is no such order.",
  request: { params: orderParams },
  responses: { 200: jsonAnswer("The order.", orderPageSchema), ...problems("link_expired", "not_found", "validation_failed") },
});
