import { createRoute, z } from "@hono/zod-openapi";
import { operation } from "../../http/auth.ts";
import { nextCursorSchema } from "../../http/paging.ts";
import { problems } from "../../http/problem.ts";
import { jsonAnswer, jsonBody } from "../../http/validate.ts";

/** Products that one call audits. */
const MAX_PRODUCTS = 50;

const auditBodySchema = z
  .strictObject({
    cursor: z.string().max(200).optional().openapi({ description: "`next_cursor` of the page before." }),
    limit: z.int().min(1).max(MAX_PRODUCTS).default(20),
    repair: z
      .boolean()
      .default(true)
      .openapi({ description: "Whether to rewrite a wrong projection. A wrong ledger is never changed." }),
  })
  .openapi("AuditRequest");

const differenceSchema = z
  .object({
    product_id: z.string(),
    where: z
      .enum(["ledger", "projection"])
      .openapi({ description: "A difference in the ledger is a bug; one in the projection can be repaired." }),
    what: z.string().openapi({ description: "The figure that differs.", example: "on_hand" }),
    variant_id: z.string().nullable(),
    warehouse_id: z.string().nullable(),
    expected: z.int(),
    found: z.int().nullable().openapi({ description: "null if there is no such figure." }),
  })
  .openapi("StockDifference");

const auditedSchema = z
  .object({
    checked: z
      .int()
      .openapi({ description: "Products that were compared; bundles are skipped, as they have no stock of their own." }),
    differences: z.array(differenceSchema),
    repaired: z.array(z.string()).openapi({ description: "Products whose projection is being rewritten, within seconds." }),
    unanswered: z.array(z.string()).openapi({ description: "Products whose object did not answer; audit them again." }),
    next_cursor: nextCursorSchema,
    progress: z
      .object({ done: z.int(), total: z.int() })
      .openapi({ description: "Products of the catalogue, bundles included." }),
  })
  .openapi("StockAudit");

export const auditStock = createRoute({
  method: "post",
  path: "/",
  tags: ["Inventory"],
  summary: "Audit the stock of the next products, and its projection in the database",
  ...operation("auditStock", "inventory:audit"),
  description:
    "Each product's object recomputes its levels from its ledger; then the projection is compared with it. Continue with `next_cursor`.",
  request: { body: jsonBody(auditBodySchema) },
  responses: {
    200: jsonAnswer("The differences found", auditedSchema),
    ...problems("malformed_json", "forbidden", "body_too_large", "unsupported_media_type", "validation_failed"),
  },
});
