import { createRoute, z } from "@hono/zod-openapi";
import { needs } from "../http/auth.ts";
import { problems } from "../http/problem.ts";
import { idSchema, jsonAnswer } from "../http/validate.ts";
import { TIERS } from "../rules/rights.ts";
import { REFUSAL_REASONS } from "./rules/pricing-rule.ts";

const MAX_QUANTITY = 10_000;

/** A promo code, found without case: in upper case from here on. */
export const promoCodeSchema = z
  .string()
  .trim()
  .regex(/^[A-Za-z0-9_-]{1,50}$/, "use letters, digits, hyphens and underscores, at most 50")
  .transform((code) => code.toUpperCase())
  .openapi({ example: "DIWALI10" });

export const tierSchema = z.enum(TIERS);

/** A rule that took something off. Written by `toAppliedJson`. */
export const appliedRuleSchema = z.object({ rule_id: z.string(), name: z.string(), amount: z.number() }).openapi("AppliedRule");

/** A rule that could have, and did not. Written by `toRefusedJson`. */
export const refusedRuleSchema = z
  .object({
    rule_id: z.string().nullable().openapi({ description: "Null for a promo code that no rule has." }),
    reason: z.enum(REFUSAL_REASONS),
  })
  .openapi("RefusedRule");

/** Written by `toPriceJson`. */
const priceSchema = z
  .object({
    product_id: z.string(),
    variant_id: z.string(),
    base_price: z.number().openapi({ description: "Of one unit: the product's price with its variant's adjustment." }),
    quantity: z.int(),
    total_before_discount: z.number(),
    total_discount: z.number(),
    total_after_discount: z.number().openapi({ description: "Exact: what these units cost." }),
    final_unit_price: z.number().openapi({
      description:
        "`total_after_discount` / `quantity`, rounded half away from zero; times the quantity it may differ from the total.",
    }),
    currency: z.string(),
    applied_rules: z.array(appliedRuleSchema).openapi({ description: "In the order in which they applied." }),
    refused_rules: z.array(refusedRuleSchema).openapi({
      description: "Rules about this product, or of the promo code, that took nothing off, each with the first reason.",
    }),
  })
  .openapi("Price");

const quantityQuerySchema = z.coerce.number().int().min(1).max(MAX_QUANTITY).default(1);

export const showPrice = createRoute({
  method: "get",
  path: "/{product_id}/price",
  tags: ["Pricing"],
  summary: "Show what some units of a product cost now",
  ...needs("pricing:read"),
  description: "As if they were alone in an order, before delivery and taxes. What rules mean is in docs/pricing.md.",
  request: {
    params: z.object({ product_id: idSchema }),
    query: z.object({
      variant_id: idSchema.optional().openapi({ description: "Needed where several are on sale." }),
      quantity: quantityQuerySchema,
      promo_code: promoCodeSchema.optional(),
      user_tier: tierSchema.optional().openapi({
        description: "Default: the signed-in customer's own. Another may be named by the shop's staff alone.",
      }),
    }),
  },
  responses: {
    200: jsonAnswer("The price", priceSchema),
    ...problems("tier_not_verified", "not_found", "validation_failed", "rate_limited"),
  },
});
