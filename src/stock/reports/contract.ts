import { createRoute, z } from "@hono/zod-openapi";
import { STATUSES } from "../../catalog/rules/product.ts";
import { needs } from "../../http/auth.ts";
import { nextCursorSchema, pageQuerySchema } from "../../http/paging.ts";
import { problems } from "../../http/problem.ts";
import { idSchema, isoTimeSchema, jsonAnswer, textSchema } from "../../http/validate.ts";
import { asOfSchema, currentStockSchema, levelSchema, onHandSchema, reservedSchema } from "../storefront/contract.ts";
import { STOCK_STATUSES } from "../rules/inventory.ts";

const optionalText = z.string().nullable();
const optionalMoney = z.number().nullable();

const stockStatusSchema = z.enum(STOCK_STATUSES).openapi({
  description: "`low_stock`: something is left, but no more than min_stock_level.",
});

const identitySchema = z.object({
  product_id: z.string(),
  name: z.string(),
  sku: optionalText,
  category: optionalText,
  supplier_name: optionalText,
});

const inventoryProductSchema = identitySchema
  .extend({
    status: z.enum(STATUSES),
    is_bundle: z.boolean(),
    price: z.number(),
    mrp: optionalMoney,
    cost_price: optionalMoney,
    currency: z.string(),
    current_stock: currentStockSchema,
    on_hand: onHandSchema,
    reserved: reservedSchema,
    min_stock_level: z.int().nullable(),
    max_stock_level: z.int().nullable(),
    stock_status: stockStatusSchema,
    by_warehouse: z.array(levelSchema),
  })
  .openapi("InventoryProduct");

const lowStockProductSchema = identitySchema
  .extend({
    current_stock: currentStockSchema,
    min_stock_level: z.int().nullable(),
    shortfall: z.int().openapi({ description: "Units that are missing to the minimum." }),
    stock_status: stockStatusSchema,
  })
  .openapi("LowStockProduct");

const heldSchema = z.object({
  total_products: z.int(),
  total_units: z.int().openapi({ description: "On hand." }),
  total_stock_value: z.number().openapi({ description: "Units at their cost price; those without one count nothing." }),
  total_retail_value: z.number(),
});

const sumsSchema = heldSchema
  .extend({
    active_products: z.int(),
    in_stock: z.int().openapi({ description: "Active products, as in what follows." }),
    low_stock: z.int(),
    out_of_stock: z.int(),
  })
  .openapi("InventorySums");

const summarySchema = z
  .object({
    summary: sumsSchema.extend({
      by_category: z.record(z.string(), sumsSchema).openapi({ description: '200 at most. Products without one are under "".' }),
      other_categories: z.union([sumsSchema, z.null()]).openapi({ description: "What is in none of those shown." }),
      by_warehouse: z.record(z.string(), heldSchema).openapi({ description: "Products are those that have units there." }),
    }),
    currency: z.string(),
    as_of: isoTimeSchema.openapi({ description: "When the sums last changed; they follow the stock within seconds." }),
  })
  .openapi("InventorySummary");

export const listInventory = createRoute({
  method: "get",
  path: "/products",
  tags: ["Inventory"],
  summary: "List products with their stock in every warehouse",
  ...needs("inventory:read"),
  description: "With several filters a page may be short, or empty, before the last.",
  request: {
    query: pageQuerySchema.extend({
      q: textSchema(100)
        .optional()
        .openapi({ description: "Words, or their beginnings; all must be there.", example: "basmati" }),
      category: textSchema(100).optional(),
      stock_status: stockStatusSchema.optional(),
      warehouse_id: idSchema.optional().openapi({ description: "Products that are, or were, in this warehouse." }),
      supplier: textSchema(200).optional().openapi({ description: "The supplier's name, exactly." }),
      status: z.enum(STATUSES).default("active"),
    }),
  },
  responses: {
    200: jsonAnswer(
      "A page, in an order of its own",
      z.object({ products: z.array(inventoryProductSchema), next_cursor: nextCursorSchema, as_of: asOfSchema }),
    ),
    ...problems("validation_failed", "forbidden"),
  },
});

export const listLowStock = createRoute({
  method: "get",
  path: "/products/low-stock",
  tags: ["Inventory"],
  summary: "List the active products at or below their minimum",
  ...needs("inventory:read"),
  request: { query: pageQuerySchema },
  responses: {
    200: jsonAnswer(
      "A page, in the order of product ids",
      z.object({
        low_stock_products: z.array(lowStockProductSchema),
        count: z.int().openapi({ description: "On all pages." }),
        next_cursor: nextCursorSchema,
        as_of: asOfSchema,
      }),
    ),
    ...problems("validation_failed", "forbidden"),
  },
});

export const showSummary = createRoute({
  method: "get",
  path: "/summary",
  tags: ["Inventory"],
  summary: "Show the inventory in sums",
  ...needs("inventory:read"),
  responses: { 200: jsonAnswer("The sums", summarySchema), ...problems("forbidden") },
});

export const showSummaryAsNamed = createRoute({
  method: "get",
  path: "/inventory/summary",
  tags: ["Inventory"],
  summary: "Show the inventory in sums, as `/inventory/summary` does",
  ...needs("inventory:read"),
  responses: { 200: jsonAnswer("The sums", summarySchema), ...problems("forbidden") },
});
