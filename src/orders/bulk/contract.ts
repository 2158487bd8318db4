import { createRoute, z } from "@hono/zod-openapi";
import { operation } from "../../http/auth.ts";
import { idempotencyHeaderSchema } from "../../http/idempotency.ts";
import { problems } from "../../http/problem.ts";
import { problemSchema } from "../../http/problem-schema.ts";
import { idSchema, jsonAnswer, jsonBody, textSchema } from "../../http/validate.ts";
import { BULK_ACTIONS, type BulkAction, WITH_NOTE, WITH_TAG } from "../../rules/bulk-orders.ts";
import { ORDER_STATUSES } from "../rules/statuses.ts";

/** `change-orders.ts` says why so many. */
const MAX_ORDERS = 40;

const ACTIONS = Object.keys(BULK_ACTIONS) as [BulkAction, ...BulkAction[]];

const bulkBody = z
  .strictObject({
    order_ids: z.array(idSchema).min(1).max(MAX_ORDERS).openapi({ description: "Each once. They are handled in this order." }),
    action: z.enum(ACTIONS).openapi({
      description:
        "`process` and `complete` move an order on, `cancel` cancels all that has not left, `delete` hides it from lists and cancels it if it is open.",
    }),
    note: textSchema(500)
      .nullish()
      .openapi({ description: "For the timelines; visible to customers. Of `process`, `complete` and `cancel`." }),
    tag: textSchema(40).optional().openapi({ description: "Of `add_tag` and `remove_tag`, which need it." }),
  })
  .superRefine(({ order_ids: ids, action, note, tag }, context) => {
    const refuse = (path: (string | number)[], message: string) => context.addIssue({ code: "custom", path, message });
    const seen = new Set<string>();
    for (const [index, id] of ids.entries()) {
      if (seen.has(id)) refuse(["order_ids", index], "is named twice");
      seen.add(id);
    }
    if (note !== undefined && !WITH_NOTE.includes(action)) refuse(["note"], `is not a member of ${action}`);
    if (tag !== undefined && !WITH_TAG.includes(action)) refuse(["tag"], `is not a member of ${action}`);
    if (tag === undefined && WITH_TAG.includes(action)) refuse(["tag"], `is required by ${action}`);
  })
  .openapi("ChangeOrders");

/** What a request for one order alone is answered. */
const errorSchema = problemSchema.omit({ type: true, request_id: true }).openapi("ChangeOrdersError");

const resultSchema = z
  .object({
    order_id: z.string(),
    outcome: z.enum(["changed", "unchanged", "refused", "unresolved"]).openapi({
      description:
        "`unchanged`: it was so already. `unresolved`: whether it was changed is not known, or there was no time for it; repeat the request with the same Idempotency-Key.",
    }),
    status: z
      .union([z.enum(ORDER_STATUSES), z.null()])
      .openapi({ description: "Of the order, as it is now; null where there is none." }),
    error: errorSchema.optional(),
  })
  .openapi("ChangedOrder");

const count = z.int();

export const changeOrders = createRoute({
  method: "post",
  path: "/bulk",
  tags: ["Orders"],
  summary: "Do the same with many orders",
  ...operation("changeOrders", "orders:bulk"),
  description:
    "Each order is handled as by its own request, for which the caller needs the right too: `orders:move`, `orders:edit` or `orders:delete`. What one is refused does not stop the others. With an Idempotency-Key a repeat goes on where the first request stopped, and nothing is done twice.",
  request: { headers: idempotencyHeaderSchema, body: jsonBody(bulkBody) },
  responses: {
    200: jsonAnswer(
      "What became of each order, in the order of the request.",
      z.object({
        counts: z.object({ changed: count, unchanged: count, refused: count, unresolved: count }),
        results: z.array(resultSchema),
      }),
    ),
    ...problems(
      ...(["forbidden", "malformed_json", "unsupported_media_type", "body_too_large", "validation_failed"] as const),
      ...(["idempotency_key_invalid", "idempotency_key_reused"] as const),
    ),
  },
});
