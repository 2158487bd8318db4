import { z } from "@hono/zod-openapi";
import { shownDeliveryMembers } from "../http/address.ts";
import { idSchema, isoTimeSchema } from "../http/validate.ts";
import { appliedRuleSchema } from "../pricing/contract.ts";
import { DELIVERY_METHODS } from "../warehouses/rules/delivery.ts";
import { RANKED_BY } from "../warehouses/rules/rank.ts";
import { PAYMENT_METHODS } from "../rules/payment-methods.ts";
import { SHOWN_PAYMENT_STATUSES } from "./rules/order.ts";
import { FULFILLMENT_STATUSES } from "./rules/shipping.ts";
import { ORDER_STATUSES } from "./rules/statuses.ts";
import { CONDITIONS, EVENTS, RETURN_STATUSES } from "./rules/timeline.ts";

export const orderParams = z.object({ order_id: idSchema });

const allocationSchema = z.object({
  warehouse_id: z.string(),
  quantity: z.int(),
  shipped: z.int().openapi({ description: "Of these, units that have left." }),
  cancelled: z.int().openapi({ description: "Of these, units that the customer no longer gets." }),
  short: z.int().openapi({ description: "Of these, units that are still owed, but were not on the shelf." }),
  product_id: z.string().openapi({ description: "Of a bundle's line: the component." }),
  variant_id: z.string(),
});

/** What left one warehouse at once. */
export const shipmentSchema = z
  .object({
    shipment_id: z.string().openapi({ example: "SHP7Q2M4X0C9V5T1B8N3K6J2H4G5F" }),
    warehouse_id: z.string(),
    carrier: z.string().nullable(),
    tracking_number: z.string().nullable(),
    tracking_url: z.string().nullable(),
    shipped_at: isoTimeSchema,
    items: z.array(
      z.object({
        line_no: z.int(),
        product_id: z.string().openapi({ description: "Of a bundle's line: the component." }),
        variant_id: z.string(),
        quantity: z.int(),
      }),
    ),
  })
  .openapi("Shipment");

/** What a customer asked to bring back, or what staff recorded as it came. */
export const returnHeadSchema = z.object({
  return_id: z.string().openapi({ example: "RET7Q2M4X0C9V5T1B8N3K6J2H4G5F" }),
  status: z.enum(RETURN_STATUSES).openapi({
    description: "`received` from its first units on; what is left of `requested` can still be received.",
  }),
  reason: z.string().nullable(),
  at: isoTimeSchema.openapi({ description: "When it was requested or, by staff, recorded." }),
  received_at: isoTimeSchema.nullable().openapi({ description: "When its first units were received." }),
  rejected_at: isoTimeSchema.nullable(),
  rejection_reason: z.string().nullable(),
  requested: z
    .array(
      z.object({
        product_id: z.string(),
        variant_id: z.string(),
        sku: z.string().nullable(),
        name: z.string().nullable(),
        quantity: z.int(),
      }),
    )
    .openapi({ description: "What the customer asked to bring back; empty where staff recorded it as it came." }),
});

export const returnSchema = returnHeadSchema
  .extend({
    items: z
      .array(
        z.object({
          product_id: z.string(),
          variant_id: z.string(),
          warehouse_id: z.string().openapi({ description: "Where it is now." }),
          quantity: z.int(),
          condition: z.enum(CONDITIONS),
        }),
      )
      .openapi({ description: "What came back; of a bundle, its components." }),
  })
  .openapi("OrderReturn");

/** An order in a list; the rest is on its own page. */
export const orderHeadSchema = z
  .object({
    order_id: z.string().openapi({ example: "ORD7Q2M4X0C9V5T1B8N3K6J2H4G5F" }),
    status: z.enum(ORDER_STATUSES),
    payment_method: z.enum(PAYMENT_METHODS),
    payment_status: z.enum(SHOWN_PAYMENT_STATUSES),
    fulfillment_status: z.enum(FULFILLMENT_STATUSES).openapi({ description: "How much of it has left." }),
    stock_short: z.boolean().openapi({ description: "Whether a shelf turned out to have fewer units than it was promised." }),
    payment_due_at: isoTimeSchema.nullable(),
    customer_id: z.string().nullable().openapi({ description: "The account of the order; null for a guest's." }),
    customer_name: z.string(),
    customer_email: z.string().nullable(),
    customer_phone: z.string().nullable(),
    ...shownDeliveryMembers,
    postal_code: z.string().nullable(),
    country: z.string(),
    delivery_method: z.enum(DELIVERY_METHODS),
    notes: z.string().nullable(),
    promo_code: z.string().nullable(),
    subtotal: z.number().openapi({ description: "Unit prices × quantities, before discounts." }),
    discount_total: z.number(),
    tax_total: z.number(),
    prices_include_tax: z.boolean().openapi({ description: "Whether prices include the tax; otherwise it is added." }),
    delivery_cost: z.number().openapi({ description: "Taxed only where the shop says so; then `tax_total` includes its tax." }),
    total: z.number(),
    currency: z.string(),
    paid_total: z.number().openapi({ description: "All payments." }),
    refunded_total: z.number().openapi({ description: "All refunds, made or on their way." }),
    amount_due: z
      .number()
      .openapi({ description: "What is still to be paid: for what was neither cancelled nor returned, less what was paid." }),
    refund_due: z
      .number()
      .openapi({ description: "What the shop has to refund: what was paid and not refunded, and is for nothing that is kept." }),
    estimated_delivery_at: isoTimeSchema,
    created_at: isoTimeSchema,
    updated_at: isoTimeSchema,
    deleted_at: isoTimeSchema.nullable().openapi({ description: "When it was hidden from lists." }),
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
  line_total: z.number().openapi({ description: "After the discount, without a tax that is added." }),
  tax: z.number(),
  tax_rate_bps: z.int().openapi({ description: "Basis points: 100 is 1 %." }),
});

export const orderSchema = orderHeadSchema
  .extend({
    items: z.array(
      soldSchema.extend({
        line_no: z.int(),
        cancelled: z.int().openapi({ description: "Units that the customer no longer gets." }),
        allocations: z.array(allocationSchema),
      }),
    ),
    warehouse_id: z.string().nullable().openapi({ description: "Null where several warehouses supply the order." }),
    ranked_by: z.enum(RANKED_BY),
  })
  .openapi("Order");

/** An order with its timeline and returns. */
export const orderPageSchema = orderSchema
  .extend({
    staff_note: z.string().nullable().optional().openapi({ description: "For staff only." }),
    tags: z.array(z.string()).optional().openapi({ description: "For staff only." }),
    events: z
      .array(
        z.object({
          what: z.enum(EVENTS),
          from: z.enum(ORDER_STATUSES).nullable(),
          to: z.enum(ORDER_STATUSES).nullable(),
          at: isoTimeSchema,
          by: z.string().openapi({ description: "The actor for staff; `customer` or `shop` for others." }),
          note: z.string().nullable().openapi({ description: "Visible to the customer." }),
          amount: z
            .number()
            .nullable()
            .openapi({ description: "What was paid, refunded or came back, or is due; null for other events." }),
        }),
      )
      .openapi({ description: "The timeline, oldest first." }),
    shipments: z.array(shipmentSchema).openapi({
      description: "What left, oldest first. Orders that were completed before 0.4.0 have none.",
    }),
    cancellations: z
      .array(
        z.object({
          cancellation_id: z.string(),
          reason: z.string().nullable(),
          at: isoTimeSchema,
          items: z.array(z.object({ line_no: z.int(), quantity: z.int() })),
        }),
      )
      .openapi({ description: "Parts that were cancelled while the order went on, oldest first." }),
    returns: z.array(returnSchema).openapi({ description: "Oldest first." }),
  })
  .openapi("OrderPage");

export type OrderJson = z.input<typeof orderSchema>;
export type ReturnHeadJson = z.input<typeof returnHeadSchema>;
export type ReturnJson = z.input<typeof returnSchema>;
export type OrderPageJson = z.input<typeof orderPageSchema>;
