import { createRoute, z } from "@hono/zod-openapi";
import { needs } from "../http/auth.ts";
import { idempotencyHeaderSchema } from "../http/idempotency.ts";
import { problems } from "../http/problem.ts";
import {
  blankable,
  countrySchema,
  emailSchema,
  idSchema,
  isoTimeSchema,
  jsonAnswer,
  jsonBody,
  postalCodeSchema,
  quantitySchema,
  textSchema,
} from "../http/validate.ts";
import { POLICIES } from "../stock/rules/allocate.ts";
import { DELIVERY_METHODS } from "../warehouses/rules/delivery.ts";
import { RANKED_BY } from "../warehouses/rules/rank.ts";
import { PAYMENT_METHODS, PAYMENT_STATUSES } from "./rules/order.ts";
import { ORDER_STATUSES } from "./rules/statuses.ts";
import { CONDITIONS, EVENTS } from "./rules/timeline.ts";

/** DESIGN §5 and the issue of the spine: lines of one order, before bundles are exploded. */
const MAX_LINES = 100;

/** In lower case, so that one address is found however it was typed. */
export const customerEmailSchema = emailSchema.toLowerCase();
const lineSchema = z.object({
  product_id: idSchema,
  variant_id: idSchema.optional().openapi({ description: "Needed only where the product has several variants." }),
  quantity: quantitySchema,
});

const placeBody = z
  .object({
    customer_name: textSchema(200).openapi({ example: "Asha" }),
    customer_email: blankable(customerEmailSchema),
    customer_phone: blankable(textSchema(32)),
    delivery_address: blankable(textSchema(500)),
    postal_code: blankable(postalCodeSchema),
    country: countrySchema.optional().openapi({ description: "Default: the shop's." }),
    delivery_method: z.enum(DELIVERY_METHODS).default("curbside"),
    payment_method: z.enum(PAYMENT_METHODS).default("cod"),
    items: z.array(lineSchema).min(1).max(MAX_LINES).optional(),
    item: textSchema(64).optional().openapi({ description: "With `quantity`, an order of one line: a product's id or a SKU." }),
    quantity: quantitySchema.optional(),
    notes: blankable(textSchema(1_000)),
    allocation_policy: z.enum(POLICIES).optional().openapi({ description: "For admins; default: the shop's." }),
  })
  .check((context) => {
    const { items, item, quantity } = context.value;
    const refuse = (field: string, message: string) =>
      context.issues.push({ code: "custom", path: [field], message, input: context.value });
    if ((items === undefined) === (item === undefined)) refuse("items", "give either items, or item with quantity");
    else if (item !== undefined && quantity === undefined) refuse("quantity", "is needed with item");
  })
  .openapi("PlaceOrder");

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
    subtotal: z.number(),
    delivery_cost: z.number(),
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

const orderSchema = orderHeadSchema
  .extend({
    items: z.array(
      z.object({
        product_id: z.string(),
        variant_id: z.string(),
        sku: z.string(),
        name: z.string(),
        quantity: z.int(),
        unit_price: z.number(),
        line_total: z.number(),
        allocations: z.array(allocationSchema),
      }),
    ),
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

const placedSchema = orderSchema
  .extend({ order_token: z.string().openapi({ description: "Opens this order as a bearer token; keep it." }) })
  .openapi("PlacedOrder");

export const orderParams = z.object({ order_id: idSchema });

export const placeOrder = createRoute({
  method: "post",
  path: "/",
  tags: ["Orders"],
  summary: "Place an order",
  ...needs("orders:place"),
  description:
    "For anybody. A customer's token attaches it to the account; an admin's allows `allocation_policy`. Only guests are limited.",
  request: { headers: idempotencyHeaderSchema, body: jsonBody(placeBody) },
  responses: {
    201: jsonAnswer("The order; with a key, also on every repeat of it.", placedSchema),
    ...problems(
      ...(["malformed_json", "idempotency_key_invalid", "idempotency_key_too_weak", "forbidden", "not_found"] as const),
      ...(["insufficient_stock", "body_too_large", "unsupported_media_type", "validation_failed"] as const),
      ...(["idempotency_key_reused", "order_too_large"] as const),
      ...(["country_not_served", "self_service_unavailable", "rate_limited", "unresolved"] as const),
    ),
  },
});

export const showOrder = createRoute({
  method: "get",
  path: "/{order_id}",
  tags: ["Orders"],
  summary: "Read an order",
  ...needs("orders:read_one"),
  description: "With the order's own token, by its customer, or by staff; anyone else hears that there is no such order.",
  request: { params: orderParams },
  responses: { 200: jsonAnswer("The order.", orderPageSchema), ...problems("not_found", "validation_failed") },
});

export type PlaceBody = z.output<typeof placeBody>;
export type OrderHeadJson = z.input<typeof orderHeadSchema>;
export type OrderJson = z.input<typeof orderSchema>;
export type OrderPageJson = z.input<typeof orderPageSchema>;
