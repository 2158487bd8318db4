import { createRoute, z } from "@hono/zod-openapi";
import { slugSchema } from "../../catalog/content-contract.ts";
import { productSchema } from "../../catalog/contract.ts";
import { scannedSchema } from "../../catalog/variants-contract.ts";
import { operation } from "../../http/auth.ts";
import { problems } from "../../http/problem.ts";
import { idSchema, isoTimeSchema, jsonAnswer } from "../../http/validate.ts";
import { UNAVAILABLE_REASONS } from "../rules/availability.ts";
import { destinationQuerySchema, locationSchema, rankedBySchema } from "../../warehouses/contract.ts";

/** The variant that a request means. */
export const chosenVariantSchema = idSchema
  .optional()
  .openapi({ description: "Needed only where the product has several variants." });

export const currentStockSchema = z.int().openapi({ description: "Available units: the most that one order could get." });
export const onHandSchema = z.int().openapi({ description: "Units that stand in all warehouses; a bundle has none of its own." });
export const reservedSchema = z
  .int()
  .openapi({ description: "Units on hand that are held for a time: for carts, and for orders that wait for their payment." });
export const allocatedSchema = z.int().openapi({ description: "Units on hand that are sold and have not left yet." });

export const asOfSchema = isoTimeSchema.openapi({
  description: "When the oldest stock figure in the answer was written; figures follow the stock within seconds.",
});

export const levelSchema = z.object({
  warehouse_id: z.string(),
  on_hand: z.int(),
  reserved: z.int(),
  allocated: z.int(),
  available: z.int().openapi({ description: "On hand, not reserved and not allocated." }),
});

const unavailableReasonSchema = z.enum(UNAVAILABLE_REASONS).nullable().openapi({
  description:
    "Why an order or a checkout would be refused: the product, the variant or a component of the bundle is archived and no longer sold, or no warehouse that serves the destination has units. Null where some can be ordered.",
});

export const COMPONENTS = "The components of a bundle, from whose stock its own is computed; empty for other products.";

const availabilitySchema = z.object({
  current_stock: currentStockSchema.openapi({ description: "Available units of all variants together." }),
  in_stock: z.boolean(),
  unavailable_reason: unavailableReasonSchema,
  variants: z.array(
    z.object({
      variant_id: z.string(),
      current_stock: currentStockSchema,
      unavailable_reason: unavailableReasonSchema,
      on_hand: onHandSchema.optional().openapi({ description: "Only for staff, like the members after it." }),
      reserved: reservedSchema.optional(),
      allocated: allocatedSchema.optional(),
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
    .openapi({ description: COMPONENTS }),
  ranked_by: rankedBySchema,
  location: locationSchema,
  as_of: asOfSchema,
});

const productPageSchema = productSchema.extend({ availability: availabilitySchema }).openapi("ProductPage");

const foundProductSchema = productPageSchema
  .extend({
    variant_id: z
      .string()
      .nullable()
      .openapi({ description: "The variant that has the barcode; null where it is the product's own." }),
    barcode_type: z
      .enum(["global", "in_store"])
      .openapi({ description: "`in_store`: a number that means this only in this shop (GS1 prefixes 02, 04 and 20 to 29)." }),
  })
  .openapi("FoundProduct");

export const showProduct = createRoute({
  method: "get",
  path: "/{product_id}",
  tags: ["Catalogue"],
  summary: "Show a product with its variants, components and availability for a destination",
  ...operation("showProduct", "catalog:read"),
  description:
    "An archived product is shown too, with nothing available and why (`unavailable_reason`), because carts may still have it. Cost, supplier and stock levels are only for staff.",
  request: { params: z.object({ product_id: idSchema }), query: destinationQuerySchema },
  responses: {
    200: jsonAnswer("The product", productPageSchema),
    ...problems("not_found", "validation_failed", "country_not_served"),
  },
});

export const showProductByBarcode = createRoute({
  method: "get",
  path: "/by-barcode/{code}",
  tags: ["Catalogue"],
  summary: "Show the product or variant that has a barcode",
  ...operation("showProductByBarcode", "catalog:read"),
  description:
    "Takes a GTIN of any length (leading zeros make no difference), a UPC-E, an ISBN, or what a scanner sends: symbology identifiers, FNC1, line ends, GS1 element strings and digital links.",
  request: { params: z.object({ code: scannedSchema }), query: destinationQuerySchema },
  responses: {
    200: jsonAnswer("The product", foundProductSchema),
    ...problems("not_found", "validation_failed", "country_not_served"),
  },
});
export const showProductBySlug = createRoute({
  method: "get",
  path: "/by-slug/{slug}",
  tags: ["Catalogue"],
  summary: "Show the product with a slug",
  ...operation("showProductBySlug", "catalog:read"),
  request: { params: z.object({ slug: slugSchema }), query: destinationQuerySchema },
  responses: {
    200: jsonAnswer("The product", productPageSchema),
    ...problems("not_found", "validation_failed", "country_not_served"),
  },
});
