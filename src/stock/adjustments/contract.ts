import { createRoute, z } from "@hono/zod-openapi";
import { describedSchema, newProductIdSchema, productSchema } from "../../catalog/contract.ts";
import { operation } from "../../http/auth.ts";
import { idempotencyHeaderSchema } from "../../http/idempotency.ts";
import { problems } from "../../http/problem.ts";
import { idSchema, isoTimeSchema, jsonAnswer, jsonBody, moneySchema, textSchema } from "../../http/validate.ts";
import { chosenVariantSchema, currentStockSchema } from "../storefront/contract.ts";
import { MOVEMENTS, type MovementKind } from "../rules/movement.ts";

/** Units that one request may move, or a count may state. */
const MAX_MOVED = 1_000_000;

/** Units that a request states; may be 0. */
const statedSchema = z.int().min(0).max(MAX_MOVED);

/** Units to move; at least 1. */
export const movedSchema = z.int().min(1).max(MAX_MOVED).openapi({ example: 10 });

/** What becomes of promised units that are not there. */
const onShortageSchema = z
  .enum(["refuse", "keep_oldest"])
  .optional()
  .openapi({
    description:
      "If fewer units would be on hand than are reserved and allocated: `refuse`, the default, moves nothing and answers 409; with `keep_oldest` carts lose their units " +
      "first, then the newest orders, which say `stock_short` from then on.",
  });

const adjustBodySchema = z
  .strictObject({
    quantity: statedSchema.openapi({ description: "0 is allowed only with `set`.", example: 10 }),
    movement_type: z
      .enum(["in", "out", "set"])
      .openapi({ description: "`in` receives units, `out` issues them, `set` states how many are on hand." }),
    reason: textSchema(200).openapi({ example: "Delivery of the supplier" }),
    expected_on_hand: z
      .int()
      .min(0)
      .optional()
      .openapi({ description: "If another number of units is on hand, nothing moves and the answer is 409 `count_outdated`." }),
    on_shortage: onShortageSchema,
    warehouse_id: idSchema.optional().openapi({ description: "Default: the shop's default warehouse.", example: "BLR" }),
    variant_id: chosenVariantSchema,
    reference_id: textSchema(200)
      .optional()
      .openapi({ description: "Your own reference, such as a purchase order number; need not be unique." }),
  })
  .refine(({ quantity, movement_type: type }) => quantity !== 0 || type === "set", {
    path: ["quantity"],
    error: "must be at least 1",
  })
  .refine(({ on_shortage: onShortage, movement_type: type }) => onShortage !== "keep_oldest" || type === "set", {
    path: ["on_shortage"],
    error: "is possible only with set",
  })
  .openapi("StockMovementRequest");

const placeFields = {
  product_id: idSchema,
  variant_id: chosenVariantSchema,
  warehouse_id: idSchema.openapi({ example: "BLR" }),
  reference_id: textSchema(200)
    .optional()
    .openapi({ description: "Your own reference, such as the number of a count sheet; need not be unique." }),
};

const countBodySchema = z
  .strictObject({
    ...placeFields,
    counted: statedSchema.openapi({ description: "Units counted in this warehouse.", example: 8 }),
    expected_on_hand: z
      .int()
      .min(0)
      .openapi({ description: "Units on hand according to Holdfast when they were counted.", example: 10 }),
    reason: textSchema(200).default("Count"),
    on_shortage: onShortageSchema,
  })
  .openapi("CountRequest");

const damageBodySchema = z
  .strictObject({
    ...placeFields,
    quantity: movedSchema,
    reason: textSchema(200).openapi({ example: "Broken in the rack" }),
    on_shortage: onShortageSchema,
  })
  .openapi("DamageRequest");

/** An adjustment and the level after it. Written by `toAdjustedJson`. */
const adjustedSchema = z
  .object({
    product_id: z.string(),
    variant_id: z.string(),
    warehouse_id: z.string(),
    previous_stock: z.int().openapi({ description: "On hand in this warehouse before." }),
    new_stock: z.int().openapi({ description: "On hand in this warehouse after." }),
    current_stock: z
      .int()
      .openapi({ description: "Available in this warehouse after: on hand, not reserved and not allocated." }),
    short_orders: z
      .array(z.object({ order_id: z.string(), quantity: z.int() }))
      .openapi({ description: "Orders that lost units by it, with `on_shortage: keep_oldest`." }),
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

const ADJUST_PROBLEMS = [
  ...(["malformed_json", "idempotency_key_invalid", "forbidden", "not_found", "units_reserved", "body_too_large"] as const),
  ...(["unsupported_media_type", "validation_failed", "idempotency_key_reused", "bundle_has_no_stock", "unresolved"] as const),
  "count_outdated",
] as const;

export const adjustStock = createRoute({
  method: "put",
  path: "/products/{product_id}/stock",
  tags: ["Inventory"],
  summary: "Receive or issue units, or set the number on hand",
  ...operation("adjustStock", "inventory:write"),
  request: { params: z.object({ product_id: idSchema }), headers: idempotencyHeaderSchema, body: jsonBody(adjustBodySchema) },
  responses: {
    200: jsonAnswer("The movement; a repeat with the same key returns it again", adjustedSchema),
    ...problems(...ADJUST_PROBLEMS),
  },
});

export const countStock = createRoute({
  method: "post",
  path: "/counts",
  tags: ["Inventory"],
  summary: "Record a stock count, unless stock has moved since",
  ...operation("countStock", "inventory:write"),
  description: "If another number than `expected_on_hand` is on hand now, nothing moves and the answer is 409 `count_outdated`.",
  request: { headers: idempotencyHeaderSchema, body: jsonBody(countBodySchema) },
  responses: {
    200: jsonAnswer("The movement, of 0 units if the count agrees; a repeat with the same key returns it again", adjustedSchema),
    ...problems(...ADJUST_PROBLEMS),
  },
});

export const recordDamage = createRoute({
  method: "post",
  path: "/damage",
  tags: ["Inventory"],
  summary: "Write off damaged units",
  ...operation("recordDamage", "inventory:write"),
  request: { headers: idempotencyHeaderSchema, body: jsonBody(damageBodySchema) },
  responses: {
    200: jsonAnswer("The movement; a repeat with the same key returns it again", adjustedSchema),
    ...problems(...ADJUST_PROBLEMS),
  },
});

const newProductBodySchema = describedSchema
  .omit({ components: true })
  .extend({
    product_id: newProductIdSchema.optional().openapi({ description: "Generated if absent.", example: "prod-001" }),
    name: textSchema(200),
    price: moneySchema,
    sku: describedSchema.shape.sku.openapi({ description: "Default: the product's id." }),
    current_stock: statedSchema.default(0).openapi({ description: "Initial units on hand." }),
    warehouse_id: idSchema
      .optional()
      .openapi({ description: "Warehouse of the initial units. Default: the shop's default warehouse.", example: "BLR" }),
  })
  .openapi("NewStockedProduct");

const stockedProductSchema = productSchema
  .extend({
    current_stock: currentStockSchema,
    initial_stock: z
      .union([adjustedSchema, z.null()])
      .openapi({ description: "The movement that received the initial units; null if there were none." }),
  })
  .openapi("StockedProduct");

export const createStockedProduct = createRoute({
  method: "post",
  path: "/products",
  tags: ["Inventory"],
  summary: "Create a product with one variant and its initial stock",
  ...operation("createStockedProduct", "catalog:create"),
  description:
    "With an `Idempotency-Key`, a repeat completes what a failure left unfinished: one product, its units received once.",
  request: { headers: idempotencyHeaderSchema, body: jsonBody(newProductBodySchema) },
  responses: {
    201: jsonAnswer("The product and its stock; `Location` is its URL", stockedProductSchema),
    ...problems(
      ...(["malformed_json", "idempotency_key_invalid", "forbidden", "already_exists", "body_too_large"] as const),
      ...(["unsupported_media_type", "validation_failed", "idempotency_key_reused", "unresolved"] as const),
    ),
  },
});
