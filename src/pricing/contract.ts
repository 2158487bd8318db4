import { createRoute, z } from "@hono/zod-openapi";
import { operation } from "../http/auth.ts";
import { problems } from "../http/problem.ts";
import { idSchema, jsonAnswer } from "../http/validate.ts";
import { TIERS } from "../rules/rights.ts";
import { REFUSAL_REASONS } from "./rules/pricing-rule.ts";

const MAX_QUANTITY = 10_000;

/** A promo code; case is ignored, so it is converted to upper case here. */
export const promoCodeSchema = z
  .string()
  .trim()
  .regex(/^[A-Za-z0-9_-]{1,50}$/, "use letters, digits, hyphens and underscores, at most 50")
  .transform((code) => code.toUpperCase())
  .openapi({ example: "DIWALI10" });

export const tierSchema = z.enum(TIERS);

/** A rule that gave a discount, or makes delivery free. Written by `toAppliedJson`. */
export const appliedRuleSchema = z
  .object({
    rule_id: z.string(),
    name: z.string(),
    amount: z.number(),
    free_delivery: z.boolean().openapi({
      description: "The rule makes delivery free because of this line. Its discount on the line, if any, is listed by itself.",
    }),
  })
  .openapi("AppliedRule");

/** A rule that targets the lines but gave no discount. Written by `toRefusedJson`. */
export const refusedRuleSchema = z
  .object({
    rule_id: z.string().nullable().openapi({ description: "Null for an unknown promo code." }),
    reason: z.enum(REFUSAL_REASONS),
  })
  .openapi("RefusedRule");

/** Written by `toPriceJson`. */
const priceSchema = z
  .object({
    product_id: z.string(),
    variant_id: z.string(),
    base_price: z.number().openapi({ description: "Per unit: the product's price plus the variant's adjustment." }),
    quantity: z.int(),
    total_before_discount: z.number(),
    total_discount: z.number(),
    total_after_discount: z.number().openapi({ description: "The exact price of these units." }),
    final_unit_price: z.number().openapi({
      description:
        "`total_after_discount` / `quantity`, rounded half away from zero; multiplied by the quantity it may differ from the total.",
    }),
    currency: z.string(),
    applied_rules: z.array(appliedRuleSchema).openapi({ description: "In the order in which they applied." }),
    refused_rules: z.array(refusedRuleSchema).openapi({
      description: "Rules that target this product or have the promo code, but gave no discount, each with the first reason.",
    }),
  })
  .openapi("Price");

const quantityQuerySchema = z.coerce.number().int().min(1).max(MAX_QUANTITY).default(1);

export const showPrice = createRoute({
  method: "get",
  path: "/{product_id}/price",
  tags: ["Pricing"],
  summary: "Get the current price of a product",
  ...operation("showPrice", "pricing:read"),
  description: "For a quantity alone in an order, before delivery and taxes. docs/pricing.md explains the rules.",
  request: {
    params: z.object({ product_id: idSchema }),
    query: z.strictObject({
      variant_id: idSchema.optional().openapi({ description: "Required if the product has several variants on sale." }),
      quantity: quantityQuerySchema,
      promo_code: promoCodeSchema.optional(),
      user_tier: tierSchema.optional().openapi({
        description: "Default: the signed-in customer's own. Only staff and keys with `pricing:choose_tier` may name another.",
      }),
    }),
  },
  responses: {
    200: jsonAnswer("The price", priceSchema),
    ...problems("tier_not_verified", "not_found", "validation_failed", "rate_limited"),
  },
});
