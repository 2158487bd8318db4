import { z } from "@hono/zod-openapi";
import { idSchema, MAX_MAJOR, moneySchema, textSchema } from "../http/validate.ts";
import { MAX_OPTIONS } from "./rules/options.ts";
import { STATUSES } from "./rules/product.ts";
import { readCode } from "./rules/scanned-code.ts";
import { MAX_VARIANTS } from "./rules/variants.ts";

export const statusSchema = z.enum(STATUSES);
export const skuSchema = textSchema(64).openapi({ example: "RICE-1KG" });

/** The largest minimum or maximum stock level, in units. */
const MAX_STOCK_LEVEL = 1_000_000_000;
const MAX_WEIGHT_GRAMS = 1_000_000_000;

export const stockLevelSchema = z.int().min(0).max(MAX_STOCK_LEVEL);
/** The most units that an order or a customer may have. */
export const limitSchema = z.int().min(1).max(MAX_STOCK_LEVEL);

/** A digital link with all that it may carry. */
const MAX_CODE = 500;

/** A barcode, as a scanner sends it or a person types it. */
export const scannedSchema = z
  .string()
  .max(MAX_CODE)
  .transform((text, context) => {
    const code = readCode(text);
    if (code) return code;
    context.addIssue({
      code: "custom",
      message: "must be a GTIN of 8, 12, 13 or 14 digits, a UPC-E or an ISBN, with its check digit",
    });
    return z.NEVER;
  })
  .openapi({ type: "string", example: "2000000000015" });

/** A barcode; stored as it is printed, found by its GTIN-14. */
export const barcodeSchema = scannedSchema
  .transform(({ printed }) => printed)
  .openapi({ type: "string", example: "4006381333931" });

const adjustmentSchema = z
  .number()
  .min(-MAX_MAJOR)
  .max(MAX_MAJOR)
  .openapi({ description: "Added to the product's price; the sum must not be negative. Default 0.", example: -20.5 });

/** In grams. */
export const weightSchema = z
  .int()
  .min(0)
  .max(MAX_WEIGHT_GRAMS)
  .openapi({ description: "In grams, a whole number.", example: 1_000 });

/** The price before a reduction. */
export const compareAtSchema = moneySchema.openapi({
  description:
    "The price before a reduction, which a shop shows struck through. It changes no price, and is not the `mrp`, the maximum retail price that is printed on the goods.",
});

export const optionNameSchema = textSchema(50);
export const optionValueSchema = textSchema(100);

const variantOptionsSchema = z
  .record(optionNameSchema, optionValueSchema)
  .refine((options) => Object.keys(options).length <= MAX_OPTIONS, `a product has at most ${MAX_OPTIONS} options`)
  .openapi({ description: "The variant's value of each option of the product.", example: { Size: "M", Colour: "Red" } });

/** A variant of a new product. */
export const variantBodySchema = z.strictObject({
  variant_id: idSchema.optional().openapi({ description: "Default: made of the SKU." }),
  sku: skuSchema,
  name: textSchema(200).nullish(),
  status: statusSchema.optional(),
  price_adjustment: adjustmentSchema.optional(),
  min_stock_level: stockLevelSchema
    .nullish()
    .openapi({ description: "Of this variant alone. The product's is about the sum of its variants; both count." }),
  max_stock_level: stockLevelSchema.nullish(),
  barcode: barcodeSchema.nullish(),
  options: variantOptionsSchema.optional(),
  weight: weightSchema.nullish().openapi({ description: "In grams; null is the product's weight." }),
  weight_unit: z.literal("g").optional(),
  compare_at_price: compareAtSchema.nullish(),
  image_id: idSchema.nullish().openapi({ description: "The product's image that shows this variant." }),
});

/** Variants to add or change, by their ids or SKUs. */
export const variantsSchema = z
  .array(
    variantBodySchema.partial().refine(({ variant_id: id, sku }) => id !== undefined || sku !== undefined, {
      path: ["variant_id"],
      error: "give variant_id or sku",
    }),
  )
  .min(1)
  .max(MAX_VARIANTS);

/** A variant. Written by `toVariantJson`. */
export const variantSchema = z.object({
  variant_id: z.string(),
  sku: z.string(),
  name: z.string().nullable(),
  status: statusSchema,
  price_adjustment: z.number(),
  barcode: z.string().nullable(),
  options: z.record(z.string(), z.string()),
  weight: z.int().nullable().openapi({ description: "In grams; null where it is the product's." }),
  compare_at_price: z.number().nullable(),
  image_id: z.string().nullable(),
  min_stock_level: z.int().nullable().optional().openapi({ description: "Only for staff, like the member after it." }),
  max_stock_level: z.int().nullable().optional(),
});

/** Reports each variant id or SKU that is in a list twice. */
export function rejectDuplicates(
  given: { variant_id?: string | undefined; sku?: string | undefined }[],
  context: z.RefinementCtx,
): void {
  for (const field of ["variant_id", "sku"] as const) {
    const seen = new Set<string>();
    for (const [index, variant] of given.entries()) {
      const value = variant[field];
      if (value === undefined) continue;
      if (seen.has(value)) context.addIssue({ code: "custom", path: ["variants", index, field], message: "is given twice" });
      seen.add(value);
    }
  }
}
