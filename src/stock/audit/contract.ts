import { createRoute, z } from "@hono/zod-openapi";
import { needs } from "../../http/auth.ts";
import { nextCursorSchema } from "../../http/paging.ts";
import { problems } from "../../http/problem.ts";
import { jsonAnswer, jsonBody } from "../../http/validate.ts";

/** Products that one call audits. */
const MAX_PRODUCTS = 50;

const auditBodySchema = z
  .object({
    cursor: z.string().max(200).optional().openapi({ description: "`next_cursor` of the page before." }),
    limit: z.int().min(1).max(MAX_PRODUCTS).default(20),
    repair: z.boolean().default(true).openapi({ description: "Whether a wrong projection is written anew. A ledger never is." }),
  })
  .openapi("AuditRequest");

const differenceSchema = z
  .object({
    product_id: z.string(),
    where: z.enum(["ledger", "projection"]).openapi({ description: "The ledger's is a bug; the projection's is repaired." }),
    what: z.string().openapi({ description: "Which figure.", example: "on_hand" }),
    variant_id: z.string().nullable(),
    warehouse_id: z.string().nullable(),
    expected: z.int(),
    found: z.int().nullable().openapi({ description: "null where there is nothing." }),
  })
  .openapi("StockDifference");

const auditedSchema = z
  .object({
    checked: z.int().openapi({ description: "Products that were compared; bundles have no stock of their own." }),
    differences: z.array(differenceSchema),
    repaired: z.array(z.string()).openapi({ description: "Products whose projection is being written anew, within seconds." }),
    unanswered: z.array(z.string()).openapi({ description: "Products of which nothing is known: ask again." }),
    next_cursor: nextCursorSchema,
    progress: z.object({ done: z.int(), total: z.int() }).openapi({ description: "Products of the catalogue." }),
  })
  .openapi("StockAudit");

export const auditStock = createRoute({
  method: "post",
  path: "/",
  tags: ["Inventory"],
  summary: "Prove the stock of the next products, and its copy in the database",
  ...needs("inventory:audit"),
  description:
    "Each product's object recomputes its levels from its ledger; then the projection is compared with it. Page by `next_cursor`.",
  request: { body: jsonBody(auditBodySchema) },
  responses: {
    200: jsonAnswer("What was found", auditedSchema),
    ...problems("malformed_json", "forbidden", "body_too_large", "unsupported_media_type", "validation_failed"),
  },
});
