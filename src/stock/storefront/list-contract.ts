import { createRoute, z } from "@hono/zod-openapi";
import { imageSchema } from "../../catalog/content-contract.ts";
import { SORTS } from "../../catalog/rules/listing.ts";
import { STATUSES } from "../../catalog/rules/product.ts";
import { operation } from "../../http/auth.ts";
import { nextCursorSchema, pageQuerySchema } from "../../http/paging.ts";
import { problems } from "../../http/problem.ts";
import { jsonAnswer, moneySchema, searchTermsSchema, textSchema } from "../../http/validate.ts";
import { asOfSchema, currentStockSchema } from "./contract.ts";

/** An amount in a query. */
const priceQuerySchema = z
  .string()
  .regex(/^\d{1,11}(\.\d{1,4})?$/, "must be an amount such as 150.5")
  .transform(Number)
  .pipe(moneySchema)
  .openapi({ type: "number", minimum: 0 });

const listQuerySchema = pageQuerySchema
  .extend({
    q: searchTermsSchema.optional(),
    category: textSchema(100).optional().openapi({ description: "The category's name." }),
    category_id: textSchema(100).optional().openapi({ description: "The category's id, of `GET /api/v1/categories`." }),
    brand: textSchema(100).optional(),
    status: z.enum(STATUSES).default("active"),
    sort: z.enum(SORTS).optional().openapi({
      description:
        "`-` is descending; `best_selling` counts the units of completed orders. Default: oldest first. With `q` or `brand`, the first 1,000 matches are sorted by name, price or sales.",
    }),
    min_price: priceQuerySchema.optional(),
    max_price: priceQuerySchema.optional(),
    in_stock: z.enum(["true", "false"]).optional().openapi({
      description:
        "Applied, like prices in a list that is not sorted by them, to `limit` products at a time, so a page may be short or empty before the last one.",
    }),
  })
  .refine(({ min_price: min = 0, max_price: max = Infinity }) => min <= max, {
    path: ["max_price"],
    error: "must not be below min_price",
  });

const listedProductSchema = z
  .object({
    product_id: z.string(),
    slug: z.string(),
    name: z.string(),
    category: z.string().nullable(),
    brand: z.string().nullable(),
    unit: z.string().nullable(),
    status: z.enum(STATUSES),
    is_bundle: z.boolean(),
    price: z.number(),
    mrp: z.number().nullable(),
    compare_at_price: z.number().nullable(),
    image: z.union([imageSchema, z.null()]).openapi({ description: "The first image." }),
    currency: z.string(),
    current_stock: currentStockSchema,
    in_stock: z.boolean(),
  })
  .openapi("ListedProduct");

const listSchema = z.object({ products: z.array(listedProductSchema), next_cursor: nextCursorSchema, as_of: asOfSchema });

export const listProducts = createRoute({
  method: "get",
  path: "/",
  tags: ["Catalogue"],
  summary: "List and search products",
  ...operation("listProducts", "catalog:read"),
  description:
    "`q` finds beginnings of words, and in Japanese, Chinese, Korean, Thai and scripts like it any part; width, accents, hiragana and katakana do not matter. Searches of guests and customers are rate-limited.",
  request: { query: listQuerySchema },
  responses: { 200: jsonAnswer("A page", listSchema), ...problems("validation_failed", "rate_limited") },
});

const categoriesSchema = z.object({
  categories: z.array(
    z
      .object({
        category_id: z.string(),
        name: z.string(),
        products: z.int().openapi({ description: "Products of it that are on sale." }),
        in_stock: z.int().openapi({ description: "Those of them with more units than their minimum." }),
      })
      .openapi("Category"),
  ),
  next_cursor: nextCursorSchema,
  as_of: asOfSchema,
});

export const listCategories = createRoute({
  method: "get",
  path: "/",
  tags: ["Catalogue"],
  summary: "List the categories that have products on sale",
  ...operation("listCategories", "catalog:read"),
  request: { query: pageQuerySchema },
  responses: { 200: jsonAnswer("A page, by name", categoriesSchema), ...problems("validation_failed") },
});
