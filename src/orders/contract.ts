import { z } from "@hono/zod-openapi";
import { emailSchema, idSchema, isoTimeSchema } from "../http/validate.ts";
import { appliedRuleSchema } from "../pricing/contract.ts";
import { DELIVERY_METHODS } from "../warehouses/rules/delivery.ts";
import { RANKED_BY } from "../warehouses/rules/rank.ts";
import { PAYMENT_METHODS, PAYMENT_STATUSES } from "./rules/order.ts";
import { ORDER_STATUSES } from "./rules/statuses.ts";
import { CONDITIONS, EVENTS } from "./rules/timeline.ts";

export const orderParams = z.object({ order_id: idSchema });

/** In lower case, so that one address is found however it was typed. */
export const customerEmailSchema = emailSchema.toLowerCase();

const allocationSchema = z.object({
  warehouse_id: z.string(),
  quantity: z.int(),
  product_id: z.string().openapi({ description: "Of a bundle's line: the component's." }),
  variant_id: z.string(),
});

/** What a list shows of an order; everything else is on its own page. */
export const orderHeadSchema = z
  .object({
    order_id: z.string().openapi({ example: "ORD7Q2M4X0C9V5T1B8N3K6J2H4G5F" }),
    status: z.enum(ORDER_STATUSES),
    payment_method: z.enum(PAYMENT_METHODS),
    payment_status: z.enum(PAYMENT_STATUSES),
    payment_due_at: isoTimeSchema.nullable(),
    customer_id: z.string().nullable().openapi({ description: "The account that it belongs to; null for a guest's." }),
    customer_name: z.string(),
    customer_email: z.string().nullable(),
    customer_phone: z.string().nullable(),
    delivery_address: z.string().nullable(),
    postal_code: z.string().nullable(),
    country: z.string(),
    delivery_method: z.enum(DELIVERY_METHODS),
    notes: z.string().nullable(),
    promo_code: z.string().nullable(),
    subtotal: z.number().openapi({ description: "Unit prices × quantities, before discounts." }),
    discount_total: z.number(),
    tax_total: z.number(),
    prices_include_tax: z
      .boolean()
      .openapi({ description: "Whether the tax is a part of the prices; else it is added to them." }),
    delivery_cost: z.number().openapi({ description: "Not taxed." }),
    total: z.number(),
    currency: z.string(),
    paid_total: z.number().openapi({ description: "All that came in for it." }),
    refunded_total: z.number().openapi({ description: "What of that went back, or is on its way." }),
    estimated_delivery_at: isoTimeSchema,
    created_at: isoTimeSchema,
    updated_at: isoTimeSchema,
    deleted_at: isoTimeSchema.nullable().openapi({ description: "Hidden from lists since." }),
  })
  .openapi("OrderHead");

/** A line and its price. */
const soldSchema = z.object({
  product_id: z.string(),
  variant_id: z.string(),
  sku: z.string(),
  name: z.string(),
  quantity: z.int(),
  unit_price: z.number(),
  discount: z.number().openapi({ description: "Off the whole line." }),
  applied_rules: z.array(appliedRuleSchema),
  line_total: z.number().openapi({ description: "After the discount; a tax that is added stands beside it." }),
  tax: z.number(),
  tax_rate_bps: z.int().openapi({ description: "Basis points: 100 is 1 %." }),
});

export const orderSchema = orderHeadSchema
  .extend({
    items: z.array(soldSchema.extend({ allocations: z.array(allocationSchema) })),
    warehouse_id: z.string().nullable().openapi({ description: "When one warehouse supplies all." }),
    ranked_by: z.enum(RANKED_BY),
  })
  .openapi("Order");

/** An order with what happened to it. */
export const orderPageSchema = orderSchema
  .extend({
    events: z
      .array(
        z.object({
          what: z.enum(EVENTS),
          from: z.enum(ORDER_STATUSES).nullable(),
          to: z.enum(ORDER_STATUSES).nullable(),
          at: isoTimeSchema,
          by: z.string().openapi({ description: "Staff read who it was; others `customer` or `shop`." }),
          note: z.string().nullable().openapi({ description: "The customer reads it too." }),
        }),
      )
      .openapi({ description: "The timeline, oldest first." }),
    returns: z.array(
      z.object({
        return_id: z.string(),
        reason: z.string(),
        at: isoTimeSchema,
        items: z.array(
          z.object({
            product_id: z.string(),
            variant_id: z.string(),
            warehouse_id: z.string(),
            quantity: z.int(),
            condition: z.enum(CONDITIONS),
          }),
        ),
      }),
    ),
  })
  .openapi("OrderPage");

export type OrderHeadJson = z.input<typeof orderHeadSchema>;
export type OrderJson = z.input<typeof orderSchema>;
export type OrderPageJson = z.input<typeof orderPageSchema>;
