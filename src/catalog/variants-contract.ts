import { z } from "@hono/zod-openapi";
import { idSchema, MAX_MAJOR, textSchema } from "../http/validate.ts";
import { STATUSES } from "./rules/product.ts";
import { readCode } from "./rules/scanned-code.ts";
import { MAX_VARIANTS } from "./rules/variants.ts";

export const statusSchema = z.enum(STATUSES);
export const skuSchema = textSchema(64).openapi({ example: "RICE-1KG" });

/** The largest minimum or maximum stock level, in units. */
export const MAX_STOCK_LEVEL = 1_000_000_000;

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
  .openapi({ type: "string", example: "4006381333931" });

/** A barcode; stored as it is printed, found by its GTIN-14. */
export const barcodeSchema = scannedSchema
  .transform(({ printed }) => printed)
  .openapi({ type: "string", example: "4006381333931" });

const adjustmentSchema = z
  .number()
  .min(-MAX_MAJOR)
  .max(MAX_MAJOR)
  .openapi({ description: "Added to the product's price; the sum must not be negative. Default 0.", example: -20.5 });

/** A variant of a new product. */
export const variantBodySchema = z.object({
  variant_id: idSchema,
  sku: skuSchema,
  name: textSchema(200).nullish(),
  status: statusSchema.optional(),
  price_adjustment: adjustmentSchema.optional(),
  min_stock_level: stockLevelSchema
    .nullish()
    .openapi({ description: "Of this variant alone. The product's is about the sum of its variants; both count." }),
  max_stock_level: stockLevelSchema.nullish(),
  barcode: barcodeSchema.nullish(),
});

/** Variants to add or change by their ids. */
export const variantsSchema = z
  .array(variantBodySchema.partial().required({ variant_id: true }))
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
  min_stock_level: z.int().nullable().optional().openapi({ description: "Only for staff, like the member after it." }),
  max_stock_level: z.int().nullable().optional(),
});

/** Reports each variant id or SKU that is in a list twice. */
export function rejectDuplicates(given: { variant_id: string; sku?: string | undefined }[], context: z.RefinementCtx): void {
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
