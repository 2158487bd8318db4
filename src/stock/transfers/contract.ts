import { createRoute, z } from "@hono/zod-openapi";
import { operation } from "../../http/auth.ts";
import { idempotencyHeaderSchema } from "../../http/idempotency.ts";
import { nextCursorSchema, pageQuerySchema } from "../../http/paging.ts";
import { problems } from "../../http/problem.ts";
import { idSchema, isoTimeSchema, jsonAnswer, jsonBody, textSchema } from "../../http/validate.ts";
import { movedSchema } from "../adjustments/contract.ts";
import { chosenVariantSchema } from "../storefront/contract.ts";
import { TRANSFER_STATUSES } from "../rules/transfer.ts";

const MAX_ITEMS = 100;

const itemSchema = z.strictObject({
  product_id: idSchema,
  variant_id: chosenVariantSchema,
  quantity: movedSchema,
});

const transferBodySchema = z
  .strictObject({
    from_warehouse_id: idSchema.openapi({ example: "BLR" }),
    to_warehouse_id: idSchema.openapi({ example: "MUM" }),
    items: z.array(itemSchema).min(1).max(MAX_ITEMS).openapi({ description: "Each variant once." }),
    reason: textSchema(200).optional(),
    reference_id: textSchema(200)
      .optional()
      .openapi({ description: "Your own reference, such as a delivery note number; need not be unique." }),
  })
  .refine((body) => body.from_warehouse_id !== body.to_warehouse_id, {
    path: ["to_warehouse_id"],
    error: "must differ from from_warehouse_id",
  })
  .openapi("TransferRequest");

const receiptBodySchema = z
  .strictObject({
    items: z.array(itemSchema).max(MAX_ITEMS).openapi({ description: "The units that arrived, each variant once." }),
    complete: z.boolean().default(false).openapi({ description: "Nothing more is expected: missing units count as lost." }),
    note: textSchema(200).optional(),
  })
  .refine(({ items, complete }) => items.length > 0 || complete, { path: ["items"], error: "must list the units that arrived" })
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
        missing: z.int().openapi({ description: "Sent and not received: in transit, or lost once the transfer is received." }),
        returned: z.int().openapi({ description: "Units that a recall brought back to the sending warehouse." }),
      }),
    ),
  })
  .openapi("Transfer");

const receivedSchema = transferSchema
  .extend({
    receipt_id: z.string(),
    booked: z
      .boolean()
      .openapi({ description: "Whether the units are on hand already. If not, they will be within minutes, without a repeat." }),
  })
  .openapi("ReceivedTransfer");

const recallBodySchema = z.strictObject({ reason: textSchema(200).optional() }).openapi("RecallRequest");

const recalledSchema = transferSchema
  .extend({
    booked: z
      .boolean()
      .openapi({ description: "Whether the units are on hand again. If not, they will be within minutes, without a repeat." }),
  })
  .openapi("RecalledTransfer");

const path = z.object({ transfer_id: idSchema });

export const createTransfer = createRoute({
  method: "post",
  path: "/",
  tags: ["Inventory"],
  summary: "Send units from one warehouse to another",
  ...operation("createTransfer", "inventory:write"),
  description:
    "All units leave at once, or none. They are on hand in no warehouse until they are received. Reserved units cannot be sent.",
  request: { headers: idempotencyHeaderSchema, body: jsonBody(transferBodySchema) },
  responses: {
    201: jsonAnswer("The transfer, in transit; a repeat with the same key returns its current state", transferSchema),
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
  ...operation("receiveTransfer", "inventory:write"),
  description: "Partial receipts add up. The last unit, or `complete`, closes the transfer as `received`.",
  request: { params: path, headers: idempotencyHeaderSchema, body: jsonBody(receiptBodySchema) },
  responses: {
    200: jsonAnswer("The transfer after the receipt; a repeat with the same key receives nothing again", receivedSchema),
    ...problems(
      ...(["malformed_json", "idempotency_key_invalid", "forbidden", "not_found", "transfer_not_open"] as const),
      ...(["more_than_sent", "body_too_large", "unsupported_media_type", "validation_failed"] as const),
      ...(["idempotency_key_reused", "unresolved"] as const),
    ),
  },
});

export const recallTransfer = createRoute({
  method: "post",
  path: "/{transfer_id}/recall",
  tags: ["Inventory"],
  summary: "Recall a transfer to the warehouse that sent it",
  ...operation("recallTransfer", "inventory:write"),
  description: "Units that were not received are on hand again where they came from. The transfer is closed as `recalled`.",
  request: { params: path, headers: idempotencyHeaderSchema, body: jsonBody(recallBodySchema) },
  responses: {
    200: jsonAnswer("The recalled transfer; a repeat with the same key brings nothing back again", recalledSchema),
    ...problems(
      ...(["malformed_json", "idempotency_key_invalid", "forbidden", "not_found", "transfer_not_open"] as const),
      ...(["body_too_large", "unsupported_media_type", "validation_failed", "idempotency_key_reused"] as const),
      "unresolved",
    ),
  },
});

export const listTransfers = createRoute({
  method: "get",
  path: "/",
  tags: ["Inventory"],
  summary: "List transfers, newest first",
  ...operation("listTransfers", "inventory:read"),
  description: "Filters apply to `limit` transfers at a time, so a page may be short or empty before the last one.",
  request: {
    query: pageQuerySchema.extend({
      status: z.enum(TRANSFER_STATUSES).optional(),
      warehouse_id: idSchema.optional().openapi({ description: "The sending or the receiving warehouse.", example: "BLR" }),
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
  summary: "Show a transfer with the units received of each line",
  ...operation("showTransfer", "inventory:read"),
  request: { params: path },
  responses: { 200: jsonAnswer("The transfer", transferSchema), ...problems("forbidden", "not_found", "validation_failed") },
});
