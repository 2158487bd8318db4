import { createRoute, z } from "@hono/zod-openapi";
import { needs, operation } from "../../http/auth.ts";
import { editHeadersSchema } from "../../http/etag.ts";
import { idempotencyHeaderSchema } from "../../http/idempotency.ts";
import { problems } from "../../http/problem.ts";
import {
  emptyBodyIsAbsent,
  idSchema,
  jsonAnswer,
  jsonBody,
  optionalJsonBody,
  quantitySchema,
  textSchema,
} from "../../http/validate.ts";
import { orderParams, shipmentSchema } from "../contract.ts";
import { answer, WRITE_REFUSALS } from "../lifecycle/contract.ts";
import { FULFILLMENT_STATUSES } from "../rules/shipping.ts";
import { ORDER_STATUSES } from "../rules/statuses.ts";

const MAX_LINES = 200;

const shipmentBody = z
  .strictObject({
    warehouse_id: idSchema,
    items: z
      .array(
        z.strictObject({
          line_no: z.int().min(1),
          variant_id: idSchema.optional().openapi({
            description: "For a component of a bundle's line; without it, whole bundles leave.",
          }),
          quantity: quantitySchema,
        }),
      )
      .min(1)
      .max(MAX_LINES)
      .optional()
      .openapi({ description: "All that is left there where it is absent." }),
    carrier: textSchema(100).nullish().openapi({ example: "Delhivery" }),
    tracking_number: textSchema(100).nullish(),
    tracking_url: z
      .url({ protocol: /^https?$/ })
      .max(2_000)
      .nullish(),
  })
  .openapi("ShipOrder");

const shippedSchema = shipmentSchema
  .extend({
    order_id: z.string(),
    order_status: z.enum(ORDER_STATUSES),
    fulfillment_status: z.enum(FULFILLMENT_STATUSES),
  })
  .openapi("OrderShipment");

const SHIPMENT_REFUSALS = ["forbidden", "illegal_transition", ...WRITE_REFUSALS] as const;

export const shipOrder = createRoute({
  method: "post",
  path: "/{order_id}/shipments",
  tags: ["Fulfillment"],
  summary: "Record that units of an order have left a warehouse",
  ...operation("shipOrder", "orders:ship"),
  description: "The first shipment makes the order PROCESSING, the last one COMPLETED.",
  request: { params: orderParams, headers: editHeadersSchema, body: jsonBody(shipmentBody) },
  responses: {
    201: jsonAnswer("The shipment, and the order's state after it.", shippedSchema),
    ...problems(
      "precondition_failed",
      "malformed_json",
      "unsupported_media_type",
      "not_shippable",
      "order_short",
      ...SHIPMENT_REFUSALS,
    ),
  },
});

const fillBody = z.strictObject({ warehouse_id: idSchema.optional() }).openapi("AllocateOrder");

export const allocateShort = createRoute({
  method: "post",
  path: "/{order_id}/allocations",
  tags: ["Fulfillment"],
  summary: "Allocate units to an order that is short",
  ...operation("allocateShort", "orders:ship"),
  middleware: [needs("orders:ship").middleware, emptyBodyIsAbsent],
  description:
    "As many as are free, from the warehouses that were to supply it, or all from `warehouse_id`. An order that is not short stays as it is.",
  request: { params: orderParams, headers: idempotencyHeaderSchema, body: optionalJsonBody(fillBody) },
  responses: {
    ...answer("The order as it is now."),
    ...problems("malformed_json", "unsupported_media_type", "order_short", ...SHIPMENT_REFUSALS),
  },
});

export const announcePickup = createRoute({
  method: "post",
  path: "/{order_id}/ready",
  tags: ["Fulfillment"],
  summary: "Tell the customer that an order can be collected",
  ...operation("announcePickup", "orders:ship"),
  description: "For `self_service` orders. Sends `order.ready_for_pickup`, once.",
  request: { params: orderParams, headers: editHeadersSchema },
  responses: { ...answer("The order as it is now."), ...problems("precondition_failed", ...SHIPMENT_REFUSALS) },
});

export const recordCollection = createRoute({
  method: "post",
  path: "/{order_id}/collected",
  tags: ["Fulfillment"],
  summary: "Record that the customer has collected an order",
  ...operation("recordCollection", "orders:ship"),
  description: "For `self_service` orders. All that is left of it leaves; the order is COMPLETED.",
  request: { params: orderParams, headers: editHeadersSchema },
  responses: { ...answer("The completed order."), ...problems("precondition_failed", "order_short", ...SHIPMENT_REFUSALS) },
});
