import { createRoute, z } from "@hono/zod-openapi";
import { shownDeliveryMembers } from "../../http/address.ts";
import { operation } from "../../http/auth.ts";
import { nextCursorSchema, pageQuerySchema } from "../../http/paging.ts";
import { problems } from "../../http/problem.ts";
import { idSchema, isoTimeSchema, jsonAnswer } from "../../http/validate.ts";
import { DELIVERY_METHODS } from "../../warehouses/rules/delivery.ts";
import { FULFILLMENT_STEPS } from "../rules/fulfillment.ts";
import { ORDER_STATUSES } from "../rules/statuses.ts";

const MAX_PICKED_ORDERS = 500;

const lineSchema = z.object({
  line_no: z.int(),
  product_id: z.string().openapi({ description: "Of a bundle's line: the component." }),
  variant_id: z.string(),
  sku: z.string(),
  barcode: z.string().nullable(),
  name: z.string(),
  quantity: z.int(),
  shipped: z.int(),
  cancelled: z.int(),
  short: z.int().openapi({ description: "Of these, units that are still owed, but were not on the shelf." }),
});

const fulfillmentSchema = z
  .object({
    fulfillment_id: z.string().openapi({ description: "The order and the warehouse." }),
    order_id: z.string(),
    warehouse_id: z.string(),
    status: z.enum(FULFILLMENT_STEPS),
    order_status: z.enum(ORDER_STATUSES),
    customer_name: z.string(),
    customer_email: z.string().nullable(),
    customer_phone: z.string().nullable(),
    ...shownDeliveryMembers,
    postal_code: z.string().nullable(),
    country: z.string(),
    delivery_method: z.enum(DELIVERY_METHODS),
    notes: z.string().nullable(),
    ordered_at: isoTimeSchema,
    promised_at: isoTimeSchema.openapi({ description: "The estimated delivery that the customer was told." }),
    lines: z.array(lineSchema),
  })
  .openapi("Fulfillment");

const pickSchema = z
  .object({
    product_id: z.string(),
    variant_id: z.string(),
    sku: z.string(),
    barcode: z.string().nullable(),
    name: z.string(),
    quantity: z.int().openapi({ description: "Units to collect." }),
    orders: z.array(z.object({ order_id: z.string(), quantity: z.int() })).openapi({ description: "Oldest first." }),
  })
  .openapi("PickLine");

export const listFulfillments = createRoute({
  method: "get",
  path: "/",
  tags: ["Fulfillment"],
  summary: "List what warehouses have to hand over",
  ...operation("listFulfillments", "fulfillments:read"),
  description:
    "One entry per order and warehouse that supplies it, from the moment the order is paid or cash on delivery. Oldest first; what is `done` newest first. Name the warehouse with `done`: without it, all orders ever supplied are sorted.",
  request: {
    query: pageQuerySchema.extend({
      warehouse_id: idSchema.optional(),
      status: z.enum(FULFILLMENT_STEPS).optional().openapi({ description: "Everything that is not done where it is absent." }),
      delivery_method: z.enum(DELIVERY_METHODS).optional(),
    }),
  },
  responses: {
    200: jsonAnswer("A page", z.object({ fulfillments: z.array(fulfillmentSchema), next_cursor: nextCursorSchema })),
    ...problems("forbidden", "validation_failed"),
  },
});

export const listPicks = createRoute({
  method: "get",
  path: "/pick-list",
  tags: ["Fulfillment"],
  summary: "What to collect in a warehouse for its oldest orders",
  ...operation("listPicks", "fulfillments:read"),
  description: "Summed by variant, in the order of SKUs. `Accept: text/csv` returns a file.",
  request: {
    query: z.strictObject({
      warehouse_id: idSchema,
      delivery_method: z.enum(DELIVERY_METHODS).optional(),
      limit: z.coerce.number().int().min(1).max(MAX_PICKED_ORDERS).default(100).openapi({ description: "Orders, oldest first." }),
    }),
  },
  responses: {
    200: {
      description: "The list",
      content: {
        "application/json": {
          schema: z.object({
            warehouse_id: z.string(),
            order_count: z.int().openapi({ description: "Orders that the list is for." }),
            has_more: z.boolean().openapi({ description: "Whether more orders wait." }),
            items: z.array(pickSchema),
          }),
        },
        "text/csv": { schema: z.string() },
      },
    },
    ...problems("forbidden", "validation_failed"),
  },
});
