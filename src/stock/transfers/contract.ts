import { createRoute, z } from "@hono/zod-openapi";
import { needs } from "../../http/auth.ts";
import { idempotencyHeaderSchema } from "../../http/idempotency.ts";
import { nextCursorSchema, pageQuerySchema } from "../../http/paging.ts";
import { problems } from "../../http/problem.ts";
import { idSchema, isoTimeSchema, jsonAnswer, jsonBody, textSchema } from "../../http/validate.ts";
import { movedSchema } from "../adjustments/contract.ts";
import { TRANSFER_STATUSES } from "../rules/transfer.ts";

const MAX_ITEMS = 100;

const itemSchema = z.object({
  product_id: idSchema,
  variant_id: idSchema.optional().openapi({ description: "Needed only where the product has several variants." }),
  quantity: movedSchema,
});

const transferBodySchema = z
  .object({
    from_warehouse_id: idSchema.openapi({ example: "BLR" }),
    to_warehouse_id: idSchema.openapi({ example: "MUM" }),
    items: z.array(itemSchema).min(1).max(MAX_ITEMS).openapi({ description: "Each variant once." }),
    reason: textSchema(200).optional(),
    reference_id: textSchema(200).optional().openapi({ description: "Yours, such as a delivery note's number. Never unique." }),
  })
  .refine((body) => body.from_warehouse_id !== body.to_warehouse_id, {
    path: ["to_warehouse_id"],
    error: "must be another warehouse than from_warehouse_id",
  })
  .openapi("TransferRequest");

const receiptBodySchema = z
  .object({
    items: z.array(itemSchema).max(MAX_ITEMS).openapi({ description: "What came, each variant once." }),
    complete: z
      .boolean()
      .default(false)
      .openapi({ description: "Nothing more will come: what is missing then is missing for good." }),
    note: textSchema(200).optional(),
  })
  .refine(({ items, complete }) => items.length > 0 || complete, { path: ["items"], error: "must name what came" })
  .openapi("ReceiptRequest");

const headSchema = z
  .object({
    transfer_id: z.string(),
    status: z.enum(TRANSFER_STATUSES),
    from_warehouse_id: z.string(),
    to_warehouse_id: z.string(),
    reason: z.string().nullable(),
    reference_id: z.string().nullable(),
    actor: z.string(),
    created_at: isoTimeSchema,
    updated_at: isoTimeSchema,
  })
  .openapi("TransferHead");

const transferSchema = headSchema
  .extend({
    items: z.array(
      z.object({
        product_id: z.string(),
        variant_id: z.string(),
        quantity: z.int().openapi({ description: "Units sent." }),
        received: z.int(),
        missing: z.int().openapi({ description: "Sent and not received: on their way, or lost once the transfer is received." }),
      }),
    ),
  })
  .openapi("Transfer");

const receivedSchema = transferSchema
  .extend({
    receipt_id: z.string(),
    booked: z.boolean().openapi({ description: "The units are on hand. If not, they will be within minutes; do nothing." }),
  })
  .openapi("ReceivedTransfer");

const path = z.object({ transfer_id: idSchema });

export const createTransfer = createRoute({
  method: "post",
  path: "/",
  tags: ["Inventory"],
  summary: "Send units from one warehouse to another",
  ...needs("inventory:write"),
  description: "The units leave at once, all or none, and are on hand nowhere until they are received. Reserved units stay.",
  request: { headers: idempotencyHeaderSchema, body: jsonBody(transferBodySchema) },
  responses: {
    201: jsonAnswer("On its way; with a key, also on every repeat, as it is then", transferSchema),
    ...problems(
      ...(["malformed_json", "idempotency_key_invalid", "forbidden", "units_reserved", "transfer_not_dispatched"] as const),
      ...(["body_too_large", "unsupported_media_type", "validation_failed", "idempotency_key_reused"] as const),
      ...(["bundle_has_no_stock", "unresolved"] as const),
    ),
  },
});

export const receiveTransfer = createRoute({
  method: "post",
  path: "/{transfer_id}/receipts",
  tags: ["Inventory"],
  summary: "Receive some or all of a transfer",
  ...needs("inventory:write"),
  description: "Partial receipts add up. With the last unit, or with `complete`, the transfer is received and closed.",
  request: { params: path, headers: idempotencyHeaderSchema, body: jsonBody(receiptBodySchema) },
  responses: {
    200: jsonAnswer("Received; with a key, also on every repeat", receivedSchema),
    ...problems(
      ...(["malformed_json", "idempotency_key_invalid", "forbidden", "not_found", "transfer_not_open"] as const),
      ...(["more_than_sent", "body_too_large", "unsupported_media_type", "validation_failed"] as const),
      ...(["idempotency_key_reused", "unresolved"] as const),
    ),
  },
});

export const listTransfers = createRoute({
  method: "get",
  path: "/",
  tags: ["Inventory"],
  summary: "List transfers, newest first",
  ...needs("inventory:read"),
  description: "With a filter, each page looks through `limit` transfers and may be short, or empty, before the last.",
  request: {
    query: pageQuerySchema.extend({
      status: z.enum(TRANSFER_STATUSES).optional(),
      warehouse_id: idSchema.optional().openapi({ description: "Where it comes from or goes to.", example: "BLR" }),
    }),
  },
  responses: {
    200: jsonAnswer("A page, without lines", z.object({ transfers: z.array(headSchema), next_cursor: nextCursorSchema })),
    ...problems("forbidden", "validation_failed"),
  },
});

export const showTransfer = createRoute({
  method: "get",
  path: "/{transfer_id}",
  tags: ["Inventory"],
  summary: "Show a transfer with what has come of each line",
  ...needs("inventory:read"),
  request: { params: path },
  responses: { 200: jsonAnswer("The transfer", transferSchema), ...problems("forbidden", "not_found", "validation_failed") },
});
