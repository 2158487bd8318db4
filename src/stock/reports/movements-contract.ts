import { createRoute, z } from "@hono/zod-openapi";
import { operation } from "../../http/auth.ts";
import { nextCursorSchema, pageQuerySchema } from "../../http/paging.ts";
import { problems } from "../../http/problem.ts";
import { boundSchema } from "../../http/times.ts";
import { idSchema, isoTimeSchema, textSchema } from "../../http/validate.ts";
import { ON_HAND_KINDS } from "../rules/movement.ts";

const movementSchema = z
  .object({
    movement_id: z.string(),
    product_id: z.string(),
    variant_id: z.string(),
    kind: z.enum(ON_HAND_KINDS),
    warehouse_id: z.string(),
    delta: z.int(),
    previous_stock: z.int().openapi({ description: "On hand in this warehouse before." }),
    new_stock: z.int().openapi({ description: "On hand in this warehouse after." }),
    reason: z.string().nullable(),
    reference_id: z.string().nullable().openapi({ description: "Your own reference." }),
    reference: z.object({ type: z.enum(["order", "cart", "adjustment", "return", "transfer"]), id: z.string() }),
    actor: z.string(),
    at: isoTimeSchema,
  })
  .openapi("StockMovement");

const movementQuerySchema = pageQuerySchema.extend({
  kind: z.enum(ON_HAND_KINDS).optional(),
  warehouse_id: idSchema.optional(),
  actor: textSchema(200).optional(),
  from: boundSchema.optional().openapi({ description: "At or after this time, or from this day on in the shop's time zone." }),
  to: boundSchema.optional().openapi({ description: "Before this time, or up to this day, which is included." }),
});

export type MovementQuery = z.output<typeof movementQuerySchema>;

const movementListSchema = z.object({
  movements: z.array(movementSchema),
  next_cursor: nextCursorSchema,
  read_at: isoTimeSchema.openapi({ description: "When the list was read; movements follow the stock within seconds." }),
});

const movementAnswer = {
  description:
    "A page, newest first; as CSV, all movements from the cursor on. A file that would need to read more than 100,000 movements is aborted there; export shorter periods.",
  content: {
    "application/json": { schema: movementListSchema },
    "text/csv": {
      schema: z.string().openapi({ example: "movement_id,product_id,variant_id,kind\r\nprod-001:7,prod-001,prod-001,sale\r\n" }),
    },
  },
} as const;

export const listMovements = createRoute({
  method: "get",
  path: "/movements",
  tags: ["Inventory"],
  summary: "List the movements of units on hand",
  ...operation("listMovements", "inventory:read"),
  description:
    "With filters other than time, a page may be short or empty before the last one. `Accept: text/csv` returns a file.",
  request: { query: movementQuerySchema },
  responses: { 200: movementAnswer, ...problems("validation_failed", "forbidden") },
});

export const listProductMovements = createRoute({
  method: "get",
  path: "/products/{product_id}/movements",
  tags: ["Inventory"],
  summary: "List the movements of a product's units on hand",
  ...operation("listProductMovements", "inventory:read"),
  description: "With filters, a page may be short or empty before the last one. `Accept: text/csv` returns a file.",
  request: { params: z.object({ product_id: idSchema }), query: movementQuerySchema },
  responses: { 200: movementAnswer, ...problems("not_found", "validation_failed", "forbidden") },
});
