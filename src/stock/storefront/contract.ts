import { createRoute, z } from "@hono/zod-openapi";
import { barcodeSchema, productSchema } from "../../catalog/contract.ts";
import { STATUSES } from "../../catalog/rules/product.ts";
import { needs } from "../../http/auth.ts";
import { nextCursorSchema, pageQuerySchema } from "../../http/paging.ts";
import { problems } from "../../http/problem.ts";
import { idSchema, isoTimeSchema, jsonAnswer, textSchema } from "../../http/validate.ts";
import { destinationQuerySchema, locationSchema, rankedBySchema } from "../../warehouses/contract.ts";

export const currentStockSchema = z.int().openapi({ description: "Available units: the most that one order could get." });
export const onHandSchema = z.int().openapi({ description: "Units in all warehouses; a bundle has none of its own." });
export const reservedSchema = z.int().openapi({ description: "Units on hand that are promised to carts and orders." });

export const asOfSchema = isoTimeSchema.openapi({
  description: "The oldest stock figure in it; they follow the stock within seconds.",
});

const listQuerySchema = pageQuerySchema.extend({
  q: textSchema(100).optional().openapi({ description: "Words, or their beginnings; all must be there.", example: "basmati" }),
  category: textSchema(100).optional(),
  brand: textSchema(100).optional(),
  status: z.enum(STATUSES).default("active"),
  in_stock: z
    .enum(["true", "false"])
    .optional()
    .openapi({ description: "Looks through `limit` products for each page, which may be short, or empty, before the last." }),
});

const listedProductSchema = z
  .object({
    product_id: z.string(),
    name: z.string(),
    category: z.string().nullable(),
    brand: z.string().nullable(),
    unit: z.string().nullable(),
    status: z.enum(STATUSES),
    is_bundle: z.boolean(),
    price: z.number(),
    mrp: z.number().nullable(),
    currency: z.string(),
    current_stock: currentStockSchema,
    in_stock: z.boolean(),
  })
  .openapi("ListedProduct");

const listSchema = z.object({ products: z.array(listedProductSchema), next_cursor: nextCursorSchema, as_of: asOfSchema });

export const levelSchema = z.object({
  warehouse_id: z.string(),
  on_hand: z.int(),
  reserved: z.int(),
  available: z.int(),
});

const availabilitySchema = z.object({
  current_stock: currentStockSchema.openapi({ description: "Available units of all variants together." }),
  in_stock: z.boolean(),
  variants: z.array(
    z.object({
      variant_id: z.string(),
      current_stock: currentStockSchema,
      on_hand: onHandSchema.optional().openapi({ description: "For admins only, as what follows." }),
      reserved: reservedSchema.optional(),
      by_warehouse: z.array(levelSchema).optional(),
    }),
  ),
  components: z
    .array(
      z.object({
        product_id: z.string(),
        variant_id: z.string(),
        quantity: z.int(),
        current_stock: currentStockSchema,
      }),
    )
    .openapi({ description: "Of a bundle, whose own stock follows from theirs." }),
  ranked_by: rankedBySchema,
  location: locationSchema,
  as_of: asOfSchema,
});

export const listProducts = createRoute({
  method: "get",
  path: "/",
  tags: ["Catalogue"],
  summary: "List and search products",
  ...needs("catalog:read"),
  request: { query: listQuerySchema },
  responses: { 200: jsonAnswer("A page, oldest products first", listSchema), ...problems("validation_failed") },
});

const productPage = jsonAnswer("The product", productSchema.extend({ availability: availabilitySchema }).openapi("ProductPage"));

export const showProduct = createRoute({
  method: "get",
  path: "/{product_id}",
  tags: ["Catalogue"],
  summary: "Show a product with its variants, components and availability at a place",
  ...needs("catalog:read"),
  description: "An archived product stays here and offers nothing. Cost, supplier and levels are for admins.",
  request: { params: z.object({ product_id: idSchema }), query: destinationQuerySchema },
  responses: {
    200: productPage,
    ...problems("not_found", "validation_failed", "country_not_served"),
  },
});

export const showProductByBarcode = createRoute({
  method: "get",
  path: "/by-barcode/{code}",
  tags: ["Catalogue"],
  summary: "Show the product that carries a barcode",
  ...needs("catalog:read"),
  description: "A GTIN in any of its lengths: zeros before it make no difference.",
  request: { params: z.object({ code: barcodeSchema }), query: destinationQuerySchema },
  responses: { 200: productPage, ...problems("not_found", "validation_failed", "country_not_served") },
});
