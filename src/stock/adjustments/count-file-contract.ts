import { createRoute, z } from "@hono/zod-openapi";
import { operation } from "../../http/auth.ts";
import { idempotencyHeaderSchema } from "../../http/idempotency.ts";
import { nextCursorSchema, pageQuerySchema } from "../../http/paging.ts";
import { problems } from "../../http/problem.ts";
import { idSchema, jsonAnswer, textSchema } from "../../http/validate.ts";
import { COUNT_CODES } from "../rules/count-file.ts";

/** The limits of one import of counts: each row is a call of an object, and a Worker may make a thousand. */
export const MAX_COUNT_ROWS = 500;
export const MAX_COUNT_BYTES = 1_048_576;

const MAX_COUNTED = 1_000_000;

const countedSchema = z.int().min(0).max(MAX_COUNTED);

/** A row in JSON, and the cells of a row in CSV after they were read. */
export const countRowSchema = z.strictObject({
  sku: textSchema(64),
  warehouse_id: idSchema,
  counted: countedSchema.nullish(),
  expected_on_hand: countedSchema.nullish(),
  product_id: z.string().nullish(),
  variant_id: z.string().nullish(),
  name: z.string().nullish(),
});

/** Each row is checked by itself, so that one that is wrong does not stop the others. */
const anyRowSchema = z.unknown().openapi({
  type: "object",
  required: ["sku", "warehouse_id"],
  additionalProperties: false,
  properties: {
    sku: { type: "string", example: "SKU-1" },
    warehouse_id: { type: "string", example: "BLR" },
    counted: {
      type: ["integer", "null"],
      minimum: 0,
      description: "Null or absent where nobody has counted: the row is skipped.",
    },
    expected_on_hand: {
      type: ["integer", "null"],
      minimum: 0,
      description: "What was on hand when it was counted, by the export. Default: what the database has now.",
    },
    product_id: { type: ["string", "null"], description: "Of an export; not read, like the next two." },
    variant_id: { type: ["string", "null"] },
    name: { type: ["string", "null"] },
  },
});

/** A CSV file is checked against it too, as `{}`; so the handler demands the list of JSON. */
const countsBodySchema = z
  .strictObject({ counts: z.array(anyRowSchema).min(1).max(MAX_COUNT_ROWS).optional() })
  .openapi({ required: ["counts"] });

const resultSchema = z.object({
  row: z.int().openapi({ description: "1 is the first row after the header, or the first of the list." }),
  sku: z.string(),
  warehouse_id: z.string(),
  outcome: z.enum(["counted", "unchanged", "skipped", "refused", "unresolved"]),
  code: z.enum(COUNT_CODES).nullable(),
  previous_on_hand: z.int().nullable(),
  on_hand: z.int().nullable(),
  errors: z.array(z.object({ field: z.string(), message: z.string() })),
});

const reportSchema = z
  .object({
    dry_run: z.boolean(),
    totals: z.object({
      rows: z.int(),
      counted: z.int(),
      unchanged: z.int(),
      skipped: z.int(),
      refused: z.int(),
      unresolved: z.int(),
    }),
    rows: z.array(resultSchema),
  })
  .openapi("CountReport");

const listedSchema = z
  .object({
    sku: z.string(),
    product_id: z.string(),
    variant_id: z.string(),
    name: z.string(),
    warehouse_id: z.string(),
    expected_on_hand: z.int(),
    counted: z.int(),
  })
  .openapi("StockByWarehouse");

export const importCounts = createRoute({
  method: "post",
  path: "/counts/import",
  tags: ["Inventory"],
  summary: "Record counts of many SKUs by warehouse from CSV or JSON",
  ...operation("importCounts", "inventory:write"),
  description: `Each row is counted by itself, and only if \`expected_on_hand\` is still on hand. At most ${MAX_COUNT_ROWS} rows and 1 MiB. CSV has the columns sku, warehouse_id, counted and, from the export, expected_on_hand; JSON is {"counts": [...]} with the same members. With \`dry_run=true\` nothing moves.`,
  request: {
    headers: idempotencyHeaderSchema,
    query: z.strictObject({
      dry_run: z.enum(["true", "false"]).optional(),
      reason: textSchema(200).optional().openapi({ description: "Of the movements. Default: Count." }),
    }),
    body: {
      required: true,
      content: {
        "text/csv": { schema: z.string() },
        "application/json": { schema: countsBodySchema },
      },
    },
  },
  responses: {
    200: jsonAnswer("The result of each row; a repeat with the same key counts nothing again", reportSchema),
    ...problems(
      ...(["malformed_json", "idempotency_key_invalid", "forbidden", "body_too_large", "unsupported_media_type"] as const),
      ...(["validation_failed", "idempotency_key_reused", "unresolved"] as const),
    ),
  },
});

export const exportCounts = createRoute({
  method: "get",
  path: "/counts/export",
  tags: ["Inventory"],
  summary: "List what is on hand by SKU and warehouse, as JSON or CSV",
  ...operation("exportCounts", "inventory:read"),
  description:
    "In the format of an import of counts; to import it unchanged changes nothing. `Accept: text/csv` gives all of it in one file.",
  request: {
    query: pageQuerySchema.extend({ warehouse_id: idSchema.optional() }),
  },
  responses: {
    200: {
      description: "What is on hand",
      content: {
        "application/json": { schema: z.object({ counts: z.array(listedSchema), next_cursor: nextCursorSchema }) },
        "text/csv": { schema: z.string() },
      },
    },
    ...problems("forbidden", "validation_failed"),
  },
});
