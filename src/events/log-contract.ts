import { createRoute, z } from "@hono/zod-openapi";
import { operation } from "../http/auth.ts";
import { editHeadersSchema } from "../http/etag.ts";
import { nextCursorSchema, pageQuerySchema } from "../http/paging.ts";
import { problems } from "../http/problem.ts";
import { boundSchema } from "../http/times.ts";
import { isoTimeSchema, jsonAnswer, jsonBody, textSchema } from "../http/validate.ts";
import { ALERT_KINDS } from "./rules/alert.ts";

const filterSchema = z.string().min(1).max(200);

/** The sort key in a cursor of a list by time. */
export const timeKeySchema = z.tuple([z.int().min(0), z.string().max(300)]).transform(([atMs, id]) => ({ atMs, id }));

const sideSchema = z.looseObject({}).nullable();

const entrySchema = z
  .object({
    audit_id: z.string(),
    at: isoTimeSchema,
    actor: z.string().openapi({ example: "user:7Q2M4X0C9V5T1B8N3K6J2H4G5F" }),
    action: z.string().openapi({ example: "product.change" }),
    record_type: z.string(),
    record_id: z.string(),
    before: sideSchema.openapi({ description: "The changed members before the write; null if the record was created." }),
    after: sideSchema.openapi({
      description:
        "The same members after the write; null if the record was deleted. Long members are replaced by their `cut_characters`.",
    }),
    request_id: z.string().openapi({ description: "The `X-Request-Id` of the request that wrote it." }),
  })
  .openapi("AuditEntry");

const alertSchema = z
  .object({
    alert_id: z.string(),
    kind: z.enum(ALERT_KINDS),
    subject: z
      .string()
      .openapi({ description: "The id of the product or order, or the reference of a payment without an order." }),
    status: z.enum(["open", "closed"]),
    details: z.looseObject({}).openapi({ description: "The figures that opened the alert." }),
    opened_at: isoTimeSchema,
    closed_at: isoTimeSchema.nullable(),
    acknowledged_at: isoTimeSchema.nullable().openapi({ description: "Null until somebody has acknowledged it." }),
    acknowledged_by: z.string().nullable().openapi({ example: "user:7Q2M4X0C9V5T1B8N3K6J2H4G5F" }),
    note: z.string().nullable(),
  })
  .openapi("Alert");

const alertParams = z.object({ alert_id: z.string().min(1).max(300) });

const acknowledgementSchema = z
  .strictObject({ note: textSchema(500).nullish().openapi({ example: "Ordered at the supplier" }) })
  .openapi("AlertAcknowledgement");

export const listAudit = createRoute({
  method: "get",
  path: "/",
  tags: ["Audit log"],
  summary: "List the audit log, newest first",
  ...operation("listAudit", "audit_log:read"),
  request: {
    query: pageQuerySchema.extend({
      actor: filterSchema.optional(),
      action: filterSchema.optional(),
      record_type: filterSchema.optional(),
      record_id: filterSchema.optional().openapi({ description: "Needs `record_type`." }),
      from: boundSchema
        .optional()
        .openapi({ description: "At or after this time, or from this day on in the shop's time zone." }),
      to: boundSchema.optional().openapi({ description: "Before this time, or up to this day, which is included." }),
    }),
  },
  responses: {
    200: jsonAnswer(
      "A page; with `action`, or `record_type` alone, it may be short before the last",
      z.object({ entries: z.array(entrySchema), next_cursor: nextCursorSchema }),
    ),
    ...problems("forbidden", "validation_failed"),
  },
});

export const listAlerts = createRoute({
  method: "get",
  path: "/",
  tags: ["Alerts"],
  summary: "List alerts, newest first",
  ...operation("listAlerts", "alerts:read"),
  request: {
    query: pageQuerySchema.extend({
      status: z.enum(["open", "closed"]).optional(),
      kind: z.enum(ALERT_KINDS).optional(),
      subject: filterSchema.optional(),
      acknowledged: z.enum(["true", "false"]).optional(),
    }),
  },
  responses: {
    200: jsonAnswer(
      "A page; with `kind`, `acknowledged` or `status=closed`, it may be short before the last",
      z.object({ alerts: z.array(alertSchema), next_cursor: nextCursorSchema }),
    ),
    ...problems("forbidden", "validation_failed"),
  },
});

export const showAlert = createRoute({
  method: "get",
  path: "/{alert_id}",
  tags: ["Alerts"],
  summary: "Read an alert",
  ...operation("showAlert", "alerts:read"),
  description: "An order can have several of one kind, one after the other; this is the newest.",
  request: { params: alertParams },
  responses: { 200: jsonAnswer("The alert", alertSchema), ...problems("forbidden", "not_found", "validation_failed") },
});

export const acknowledgeAlert = createRoute({
  method: "post",
  path: "/{alert_id}/acknowledge",
  tags: ["Alerts"],
  summary: "Say that somebody has seen an open alert",
  ...operation("acknowledgeAlert", "alerts:acknowledge"),
  description:
    "The alert stays open until its cause ends, and is not raised again meanwhile. Acknowledged again, it shows who did so last; the audit log has all.",
  request: {
    params: alertParams,
    headers: editHeadersSchema,
    body: jsonBody(acknowledgementSchema),
  },
  responses: {
    200: jsonAnswer("The alert", alertSchema),
    ...problems(
      ...(["malformed_json", "idempotency_key_invalid", "forbidden", "not_found", "alert_closed"] as const),
      ...(["precondition_failed", "body_too_large"] as const),
      ...(["unsupported_media_type", "validation_failed", "idempotency_key_reused", "unresolved"] as const),
    ),
  },
});
