import { z } from "@hono/zod-openapi";
import { isoTimeSchema } from "../http/validate.ts";
import { REFUSAL_REASONS } from "../pricing/rules/pricing-rule.ts";
import { DELIVERY_METHODS } from "../warehouses/rules/delivery.ts";
import { appliedRuleSchema, refusedRuleSchema, tierSchema } from "../pricing/contract.ts";

/** A line of a cart. Written by `toCartJson`. */
const itemSchema = z
  .object({
    item_id: z.string().openapi({ description: "The variant's id." }),
    product_id: z.string(),
    variant_id: z.string(),
    sku: z.string(),
    name: z.string(),
    quantity: z.int(),
    unit_price: z.number(),
    discount: z.number().openapi({ description: "Discount of the whole line." }),
    final_price: z.number().openapi({ description: "Price of the whole line after the discount." }),
    applied_rules: z.array(appliedRuleSchema),
    promo_code: z.string().nullable(),
    user_tier: tierSchema.nullable(),
    tax: z.number(),
    tax_rate_bps: z.int().openapi({ description: "Basis points: 100 is 1 %." }),
    is_reserved: z.boolean().openapi({ description: "Whether its units are reserved and its price is fixed." }),
    reserved_until: isoTimeSchema.nullable(),
  })
  .openapi("CartItem");

const changeSchema = z.discriminatedUnion("what", [
  z
    .object({
      what: z.literal("reservation_lost"),
      item_id: z.string(),
      product_id: z.string(),
      quantity: z.int(),
      at: isoTimeSchema,
    })
    .openapi("ReservationLost"),
  z
    .object({
      what: z.literal("price_changed"),
      item_id: z.string(),
      product_id: z.string(),
      quantity: z.int(),
      was: z
        .number()
        .openapi({ description: "The line's price when it was reserved, which is charged as long as it is reserved." }),
      now: z
        .number()
        .openapi({ description: "The line's price if it were reserved now. Neither price includes cart-wide discounts." }),
    })
    .openapi("PriceChanged"),
]);

export const cartSchema = z
  .object({
    cart_id: z.string().openapi({ example: "CRT7Q2M4X0C9V5T1B8N3K6J2H4G5F" }),
    customer_id: z.string().nullable().openapi({ description: "The account that owns it; null for a guest's cart." }),
    order_id: z.string().nullable().openapi({ description: "The order that it became at checkout." }),
    country: z.string(),
    postal_code: z.string().nullable(),
    promo_code: z.string().nullable().openapi({ description: "Of all lines." }),
    promo_discount: z.number().openapi({ description: "What the promo code takes off all lines." }),
    promo_refused: z.enum(REFUSAL_REASONS).nullable().openapi({ description: "Why the promo code takes off nothing." }),
    items: z.array(itemSchema),
    totals: z.object({
      subtotal: z.number().openapi({ description: "Unit prices × quantities, before discounts." }),
      discount_total: z.number(),
      tax_total: z.number(),
      total: z.number().openapi({ description: "Without delivery." }),
      currency: z.string(),
      prices_include_tax: z.boolean().openapi({ description: "Whether prices include tax; otherwise it is added." }),
    }),
    deliveries: z
      .array(z.object({ delivery_method: z.enum(DELIVERY_METHODS), delivery_cost: z.number(), total: z.number() }))
      .openapi({ description: "What checkout charges in all, by delivery method, at the cart's destination." }),
    refused_rules: z.array(refusedRuleSchema.extend({ promo_code: z.string().nullable() })),
    changes: z.array(changeSchema).openapi({ description: "Changes of the cart that its shopper did not make." }),
    created_at: isoTimeSchema,
    updated_at: isoTimeSchema,
  })
  .openapi("Cart");

/** A claimed cart. */
export const claimedSchema = cartSchema
  .extend({
    not_reserved: z
      .array(
        z.object({
          item_id: z.string(),
          product_id: z.string(),
          variant_id: z.string(),
          product_name: z.string(),
          requested_quantity: z.int(),
          available_stock: z.int().nullable().openapi({ description: "Null if the stock did not answer." }),
          message: z.string(),
        }),
      )
      .openapi({ description: "Lines whose units could not be reserved; they stay in the cart." }),
  })
  .openapi("ClaimedCart");

export type CartJson = z.input<typeof cartSchema>;
