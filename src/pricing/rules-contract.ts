import { createRoute, z } from "@hono/zod-openapi";
import { operation } from "../http/auth.ts";
import { editHeadersSchema } from "../http/etag.ts";
import { idempotencyHeaderSchema } from "../http/idempotency.ts";
import { nextCursorSchema, pageQuerySchema } from "../http/paging.ts";
import { problems } from "../http/problem.ts";
import { timeSchema } from "../http/times.ts";
import { idSchema, isoTimeSchema, jsonAnswer, jsonBody, moneySchema, quantitySchema, textSchema } from "../http/validate.ts";
import { promoCodeSchema, tierSchema } from "./contract.ts";
import { APPLIES_TO, DISCOUNT_TYPES, RULE_TYPES } from "./rules/pricing-rule.ts";

const MAX_USES = 1_000_000_000;
const MAX_PRIORITY = 1_000_000;

const typeSchema = z.enum(RULE_TYPES);
const discountTypeSchema = z.enum(DISCOUNT_TYPES);
const usesSchema = z.int().min(1).max(MAX_USES);

const named = {
  name: textSchema(200),
  type: typeSchema,
  discount_type: discountTypeSchema,
  discount_value: moneySchema.openapi({
    description:
      "For `percent`: above 0, at most 100, at most 2 decimals. For `absolute`: an amount in major units. 0 only with `free_delivery`.",
    example: 10,
  }),
};

const conditions = {
  product_id: idSchema.nullish(),
  variant_id: idSchema.nullish(),
  category: textSchema(100).nullish().openapi({ description: "Must equal the product's category." }),
  min_quantity: quantitySchema.nullish().openapi({ description: "Units of the line. Required for `bulk_quantity`." }),
  max_quantity: quantitySchema.nullish(),
  user_tier: tierSchema.nullish().openapi({ description: "Must equal the shopper's tier. Required for `user_tier_percentage`." }),
  promo_code: promoCodeSchema.nullish().openapi({ description: "Stored in upper case. Required for `promo_code_percentage`." }),
  start_at: timeSchema.nullish().openapi({ description: "Inclusive. `seasonal_percentage` requires this or `end_at`." }),
  end_at: timeSchema.nullish().openapi({ description: "Exclusive." }),
  min_subtotal: moneySchema.nullish().openapi({ description: "Minimum sum of all lines of an order, before discounts." }),
  buy_quantity: quantitySchema
    .nullish()
    .openapi({ description: "Only for `buy_x_get_y`, which requires this and `get_quantity`." }),
  get_quantity: quantitySchema.nullish(),
  priority: z.int().min(0).max(MAX_PRIORITY).optional().openapi({ description: "Lower values apply first. Default 100." }),
  applies_to: z.enum(APPLIES_TO).optional().openapi({
    description: "Whether a percentage is of the line's whole price, or of what earlier rules left of it. Default `base`.",
  }),
  free_delivery: z.boolean().optional().openapi({
    description:
      "Whether delivery costs nothing where the rule's conditions hold for a line of the order or cart. Then `discount_value` may be 0. Default false.",
  }),
  stackable: z.boolean().optional().openapi({ description: "Whether later rules may apply to the same line. Default true." }),
  is_active: z.boolean().optional().openapi({ description: "Default true." }),
  usage_limit: usesSchema.nullish().openapi({ description: "The most orders that may use it." }),
  usage_limit_per_customer: usesSchema
    .nullish()
    .openapi({ description: "The most orders per customer that may use it. Guests cannot use such a rule." }),
};

const newRuleSchema = z.strictObject({ ...named, ...conditions }).openapi("NewPricingRule");
const ruleChangeSchema = z
  .strictObject({ ...named, ...conditions })
  .partial()
  .refine((body) => Object.keys(body).length > 0, "give at least one field to change")
  .openapi("PricingRuleChange");

export type RuleChangeBody = z.output<typeof ruleChangeSchema>;

const optionalText = z.string().nullable();
const optionalCount = z.int().nullable();

/** Written by `toRuleJson`. */
const ruleSchema = z
  .object({
    rule_id: z.string(),
    name: z.string(),
    type: typeSchema,
    product_id: optionalText,
    variant_id: optionalText,
    category: optionalText,
    min_quantity: optionalCount,
    max_quantity: optionalCount,
    user_tier: tierSchema.nullable(),
    promo_code: optionalText,
    start_at: isoTimeSchema.nullable(),
    end_at: isoTimeSchema.nullable(),
    min_subtotal: z.number().nullable(),
    buy_quantity: optionalCount,
    get_quantity: optionalCount,
    discount_type: discountTypeSchema,
    discount_value: z.number(),
    priority: z.int(),
    applies_to: z.enum(APPLIES_TO),
    free_delivery: z.boolean(),
    stackable: z.boolean(),
    is_active: z.boolean(),
    usage_limit: optionalCount,
    usage_limit_per_customer: optionalCount,
    used: z.int().openapi({ description: "Orders that use it; counted only for rules with a limit." }),
    created_at: isoTimeSchema,
    updated_at: isoTimeSchema,
  })
  .openapi("PricingRule");

const listSchema = z.object({ pricing_rules: z.array(ruleSchema), next_cursor: nextCursorSchema });

export const KEYED = [
  "idempotency_key_invalid",
  "forbidden",
  "body_too_large",
  "validation_failed",
  "idempotency_key_reused",
  "unresolved",
] as const;
export const WITH_BODY = [...KEYED, "malformed_json", "unsupported_media_type"] as const;

const paramsSchema = z.object({ rule_id: idSchema });
const headers = idempotencyHeaderSchema;
const tags = ["Pricing"];

export const createRule = createRoute({
  method: "post",
  path: "/",
  tags,
  summary: "Create a pricing rule",
  ...operation("createRule", "pricing:manage"),
  description: "A condition that is absent or null does not apply. The rule applies from the next price on.",
  request: { headers, body: jsonBody(newRuleSchema) },
  responses: { 201: jsonAnswer("The rule; `Location` is its URL", ruleSchema), ...problems("too_many_rules", ...WITH_BODY) },
});

export const listRules = createRoute({
  method: "get",
  path: "/",
  tags,
  summary: "List the pricing rules, newest first",
  ...operation("listRules", "pricing:manage"),
  request: {
    query: pageQuerySchema.extend({
      type: typeSchema.optional(),
      is_active: z.enum(["true", "false"]).optional(),
      promo_code: promoCodeSchema.optional(),
    }),
  },
  responses: {
    200: jsonAnswer("A page; with a filter it may be short without being the last", listSchema),
    ...problems("forbidden", "validation_failed"),
  },
});

export const showRule = createRoute({
  method: "get",
  path: "/{rule_id}",
  tags,
  summary: "Get a pricing rule with its number of uses",
  ...operation("showRule", "pricing:manage"),
  request: { params: paramsSchema },
  responses: { 200: jsonAnswer("The rule", ruleSchema), ...problems("not_found", "forbidden", "validation_failed") },
});

export const changeRule = createRoute({
  method: "patch",
  path: "/{rule_id}",
  tags,
  summary: "Update, activate or deactivate a pricing rule",
  ...operation("changeRule", "pricing:manage"),
  description: "Null clears a condition. Orders and reserved cart lines keep their discounts.",
  request: { params: paramsSchema, headers: editHeadersSchema, body: jsonBody(ruleChangeSchema) },
  responses: {
    200: jsonAnswer("The updated rule", ruleSchema),
    ...problems("precondition_failed", "not_found", "too_many_rules", ...WITH_BODY),
  },
});

export const deleteRule = createRoute({
  method: "delete",
  path: "/{rule_id}",
  tags,
  summary: "Delete a pricing rule",
  ...operation("deleteRule", "pricing:manage"),
  request: { params: paramsSchema, headers: editHeadersSchema },
  responses: { 200: jsonAnswer("The deleted rule", ruleSchema), ...problems("precondition_failed", "not_found", ...KEYED) },
});
