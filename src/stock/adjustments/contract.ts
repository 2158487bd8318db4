import { createRoute, z } from "@hono/zod-openapi";
import { needs } from "../../http/auth.ts";
import { idempotencyHeaderSchema } from "../../http/idempotency.ts";
import { problems } from "../../http/problem.ts";
import { idSchema, isoTimeSchema, jsonAnswer, jsonBody, quantitySchema, textSchema } from "../../http/validate.ts";
import { destinationQuerySchema, locationSchema, rankedBySchema } from "../../warehouses/contract.ts";
import { currentStockSchema, onHandSchema, reservedSchema } from "../storefront/contract.ts";
import { MOVEMENTS, type MovementKind } from "../rules/movement.ts";

/** Units that one movement by hand may move, or a count may state. */
const MAX_MOVED = 1_000_000;

/** Units that one request moves or states, none among them. */
export const statedSchema = z.int().min(0).max(MAX_MOVED);

/** Units that are to move. */
export const movedSchema = z.int().min(1).max(MAX_MOVED).openapi({ example: 10 });

const pathQuantitySchema = z
  .string()
  .regex(/^[0-9]{1,5}$/, "must be a whole number from 1 to 10000")
  .transform(Number)
  .pipe(quantitySchema)
  .openapi({ type: "integer", minimum: 1, maximum: 10_000, example: 2 });

const checkedSchema = z
  .object({
    product_id: z.string(),
    variant_id: z.string(),
    requested_quantity: z.int(),
    available: z.boolean().openapi({ description: "One order could get them all now." }),
    current_stock: currentStockSchema,
    on_hand: onHandSchema,
    reserved: reservedSchema,
    components: z
      .array(
        z.object({
          product_id: z.string(),
          variant_id: z.string(),
          quantity: z.int().openapi({ description: "Units in one bundle." }),
          current_stock: currentStockSchema,
          on_hand: onHandSchema,
          reserved: reservedSchema,
        }),
      )
      .openapi({ description: "Of a bundle, whose own stock follows from theirs." }),
    ranked_by: rankedBySchema,
    location: locationSchema,
  })
  .openapi("CheckedAvailability");

const adjustBodySchema = z
  .object({
    quantity: statedSchema.openapi({ description: "0 only with `set`.", example: 10 }),
    movement_type: z.enum(["in", "out", "set"]).openapi({ description: "`set` states what is on hand." }),
    reason: textSchema(200).openapi({ example: "Delivery of the supplier" }),
    expected_on_hand: z
      .int()
      .min(0)
      .optional()
      .openapi({ description: "Moves nothing, 409 `count_outdated`, where another number is on hand now." }),
    warehouse_id: idSchema.optional().openapi({ description: "Default: the shop's default warehouse.", example: "BLR" }),
    variant_id: idSchema.optional().openapi({ description: "Needed only where the product has several variants." }),
    reference_id: textSchema(200).optional().openapi({ description: "Yours, such as a purchase order's number. Never unique." }),
  })
  .refine(({ quantity, movement_type: type }) => quantity !== 0 || type === "set", {
    path: ["quantity"],
    error: "must be at least 1",
  })
  .openapi("StockMovementRequest");

const placeFields = {
  product_id: idSchema,
  variant_id: idSchema.optional().openapi({ description: "Needed only where the product has several variants." }),
  warehouse_id: idSchema.openapi({ example: "BLR" }),
  reference_id: textSchema(200).optional().openapi({ description: "Yours, such as a count sheet's number. Never unique." }),
};

const countBodySchema = z
  .object({
    ...placeFields,
    counted: statedSchema.openapi({ description: "Units that stand there.", example: 8 }),
    expected_on_hand: z.int().min(0).openapi({ description: "What was on hand when the shelf was counted.", example: 10 }),
    reason: textSchema(200).default("Count"),
  })
  .openapi("CountRequest");

const damageBodySchema = z
  .object({ ...placeFields, quantity: movedSchema, reason: textSchema(200).openapi({ example: "Broken in the rack" }) })
  .openapi("DamageRequest");

/** A movement by hand and the level that it made. Written by `toAdjustedJson`. */
export const adjustedSchema = z
  .object({
    product_id: z.string(),
    variant_id: z.string(),
    warehouse_id: z.string(),
    previous_stock: z.int().openapi({ description: "On hand in this warehouse before." }),
    new_stock: z.int().openapi({ description: "On hand in this warehouse after." }),
    current_stock: z.int().openapi({ description: "Available in this warehouse after: on hand and not reserved." }),
    movement: z.object({
      movement_id: z.string(),
      kind: z.enum(Object.keys(MOVEMENTS) as [MovementKind, ...MovementKind[]]).openapi({ example: "receive" }),
      delta_on_hand: z.int(),
      reason: z.string().nullable(),
      reference_id: z.string().nullable(),
      actor: z.string(),
      at: isoTimeSchema,
    }),
  })
  .openapi("AdjustedStock");

export const checkAvailability = createRoute({
  method: "get",
  path: "/products/{product_id}/availability/{quantity}",
  tags: ["Inventory"],
  summary: "Ask whether one order could get so many units now",
  ...needs("availability:read"),
  description: "Reads the stock itself, not its copy, but reserves nothing: only an order does.",
  request: {
    params: z.object({ product_id: idSchema, quantity: pathQuantitySchema }),
    query: destinationQuerySchema.extend({
      variant_id: idSchema.optional().openapi({ description: "Needed only where the product has several variants." }),
    }),
  },
  responses: {
    200: jsonAnswer("Available or not", checkedSchema),
    ...problems("not_found", "validation_failed", "country_not_served"),
  },
});

const ADJUST_PROBLEMS = [
  ...(["malformed_json", "idempotency_key_invalid", "forbidden", "not_found", "units_reserved", "body_too_large"] as const),
  ...(["unsupported_media_type", "validation_failed", "idempotency_key_reused", "bundle_has_no_stock", "unresolved"] as const),
  "count_outdated",
] as const;

export const adjustStock = createRoute({
  method: "put",
  path: "/products/{product_id}/stock",
  tags: ["Inventory"],
  summary: "Book units in or out, or state what is on hand",
  ...needs("inventory:write"),
  request: { params: z.object({ product_id: idSchema }), headers: idempotencyHeaderSchema, body: jsonBody(adjustBodySchema) },
  responses: {
    200: jsonAnswer("The movement; with a key, also on every repeat of it", adjustedSchema),
    ...problems(...ADJUST_PROBLEMS),
  },
});

export const countStock = createRoute({
  method: "post",
  path: "/counts",
  tags: ["Inventory"],
  summary: "Record a count of a shelf, if nothing moved since",
  ...needs("inventory:write"),
  description: "Moves nothing, 409 `count_outdated`, where another number than `expected_on_hand` is on hand now.",
  request: { headers: idempotencyHeaderSchema, body: jsonBody(countBodySchema) },
  responses: {
    200: jsonAnswer("The movement, of 0 units where the count agrees; with a key, also on every repeat of it", adjustedSchema),
    ...problems(...ADJUST_PROBLEMS),
  },
});

export const recordDamage = createRoute({
  method: "post",
  path: "/damage",
  tags: ["Inventory"],
  summary: "Write off damaged units",
  ...needs("inventory:write"),
  request: { headers: idempotencyHeaderSchema, body: jsonBody(damageBodySchema) },
  responses: {
    200: jsonAnswer("The movement; with a key, also on every repeat of it", adjustedSchema),
    ...problems(...ADJUST_PROBLEMS),
  },
});

export const checkHealth = createRoute({
  method: "get",
  path: "/health",
  tags: ["Health"],
  summary: "Ask whether D1 and an object answer",
  ...needs("health:read"),
  responses: {
    200: jsonAnswer("Both do", z.object({ status: z.literal("ok"), d1: z.literal("ok"), stock: z.literal("ok") })),
    ...problems("unavailable"),
  },
});
