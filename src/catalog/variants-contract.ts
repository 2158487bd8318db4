import { z } from "@hono/zod-openapi";
import { idSchema, MAX_MAJOR, textSchema } from "../http/validate.ts";
import { STATUSES } from "./rules/product.ts";
import { MAX_VARIANTS } from "./rules/variants.ts";

export const statusSchema = z.enum(STATUSES);
export const skuSchema = textSchema(64).openapi({ example: "RICE-1KG" });

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
