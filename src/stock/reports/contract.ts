import { createRoute, z } from "@hono/zod-openapi";
import { STATUSES } from "../../catalog/rules/product.ts";
import { operation } from "../../http/auth.ts";
import { nextCursorSchema, pageQuerySchema } from "../../http/paging.ts";
import { problems } from "../../http/problem.ts";
import { idSchema, isoTimeSchema, jsonAnswer, searchTermsSchema, textSchema } from "../../http/validate.ts";
import {
  allocatedSchema,
  asOfSchema,
  currentStockSchema,
  levelSchema,
  onHandSchema,
  reservedSchema,
} from "../storefront/contract.ts";
import { STOCK_STATUSES } from "../rules/stock-status.ts";

const optionalText = z.string().nullable();
const optionalMoney = z.number().nullable();

const stockStatusSchema = z.enum(STOCK_STATUSES).openapi({
  description: "`low_stock`: available units are above zero, but not above `min_stock_level`.",
});

const identitySchema = z.object({
  product_id: z.string(),
  name: z.string(),
  sku: optionalText,
  category: optionalText,
  supplier_name: optionalText,
});

const shortfallSchema = z.int().openapi({ description: "Units below the minimum; 0 without one." });

const stockedVariantSchema = z
  .object({
    variant_id: z.string(),
    sku: z.string(),
    name: optionalText,
    status: z.enum(STATUSES),
    barcode: optionalText,
    current_stock: currentStockSchema,
    on_hand: onHandSchema,
    reserved: reservedSchema,
    allocated: allocatedSchema,
    min_stock_level: z.int().nullable(),
    max_stock_level: z.int().nullable(),
    stock_status: stockStatusSchema,
    shortfall: shortfallSchema,
  })
  .openapi("InventoryVariant");

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
    allocated: allocatedSchema,
    min_stock_level: z.int().nullable(),
    max_stock_level: z.int().nullable(),
    stock_status: stockStatusSchema,
    shortfall: shortfallSchema,
    by_warehouse: z.array(levelSchema),
    variants: z.array(stockedVariantSchema).openapi({
      description:
        "The variants, each a stock item of its own, whose sums the product's figures are; empty where the only variant has no minimum of its own.",
    }),
  })
  .openapi("InventoryProduct");

const lowStockProductSchema = identitySchema
  .extend({
    sku: optionalText.openapi({ description: "The variant's; for a product, that of its first." }),
    variant_id: z.string().nullable().openapi({
      description: "The variant that is at or below its own minimum; null where the product is, all its variants together.",
    }),
    variant_name: optionalText,
    current_stock: currentStockSchema,
    min_stock_level: z.int().nullable(),
    shortfall: shortfallSchema,
    stock_status: stockStatusSchema,
  })
  .openapi("LowStockProduct");

const heldSchema = z.object({
  total_products: z.int(),
  total_units: z.int().openapi({ description: "Units on hand." }),
  total_stock_value: z.number().openapi({ description: "Units at cost price; units without one count as 0." }),
  total_retail_value: z.number(),
});

const sumsSchema = heldSchema
  .extend({
    active_products: z.int(),
    in_stock: z.int().openapi({ description: "Counts active products only, like `low_stock` and `out_of_stock`." }),
    low_stock: z.int(),
    out_of_stock: z.int(),
  })
  .openapi("InventorySums");

const summarySchema = z
  .object({
    summary: sumsSchema.extend({
      by_category: z
        .record(z.string(), sumsSchema)
        .openapi({ description: 'At most 200 categories. Products without a category are under "".' }),
      other_categories: z
        .union([sumsSchema, z.null()])
        .openapi({ description: "All categories beyond those shown; null if all are shown." }),
      by_warehouse: z
        .record(z.string(), heldSchema)
        .openapi({ description: "Counts the products that have units in the warehouse." }),
    }),
    currency: z.string(),
    as_of: isoTimeSchema.openapi({
      description: "The time of the totals: when they last changed. They follow the stock within seconds.",
    }),
  })
  .openapi("InventorySummary");

/** The sort key of the list of low stock. A product's id alone is a cursor of releases before 0.4.0. */
export const lowKeySchema = z.union([
  z.tuple([idSchema, z.union([z.literal(""), idSchema])]),
  idSchema.transform((productId): [string, string] => [productId, ""]),
]);

export const listInventory = createRoute({
  method: "get",
  path: "/products",
  tags: ["Inventory"],
  summary: "List products with their stock in every warehouse",
  ...operation("listInventory", "inventory:read"),
  description: "With several filters, a page may be short or empty before the last one.",
  request: {
    query: pageQuerySchema.extend({
      q: searchTermsSchema.optional(),
      category: textSchema(100).optional(),
      stock_status: stockStatusSchema.optional().openapi({ description: "Of the product, or of one of its active variants." }),
      warehouse_id: idSchema.optional().openapi({ description: "Products that have or had stock in this warehouse." }),
      supplier: textSchema(200).optional().openapi({ description: "The exact name of the supplier." }),
      status: z.enum(STATUSES).default("active"),
    }),
  },
  responses: {
    200: jsonAnswer(
      "A page; the order depends on the filters",
      z.object({ products: z.array(inventoryProductSchema), next_cursor: nextCursorSchema, as_of: asOfSchema }),
    ),
    ...problems("validation_failed", "forbidden"),
  },
});

export const listLowStock = createRoute({
  method: "get",
  path: "/products/low-stock",
  tags: ["Inventory"],
  summary: "List active products and variants at or below their minimum stock level",
  ...operation("listLowStock", "inventory:read"),
  request: { query: pageQuerySchema },
  responses: {
    200: jsonAnswer(
      "A page, ordered by product id, then by variant id; a product comes before its variants",
      z.object({
        low_stock_products: z.array(lowStockProductSchema),
        count: z.int().openapi({ description: "Items on all pages." }),
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
  summary: "Show the totals of the inventory",
  ...operation("showSummary", "inventory:read"),
  responses: { 200: jsonAnswer("The totals", summarySchema), ...problems("forbidden") },
});

export const showSummaryAsNamed = createRoute({
  method: "get",
  path: "/inventory/summary",
  tags: ["Inventory"],
  summary: "Show the totals of the inventory (alias of `/api/v1/inventory/summary`)",
  ...operation("showSummaryAsNamed", "inventory:read"),
  responses: { 200: jsonAnswer("The totals", summarySchema), ...problems("forbidden") },
});
