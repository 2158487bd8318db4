import { createRoute, z } from "@hono/zod-openapi";
import { operation } from "../http/auth.ts";
import { editHeadersSchema } from "../http/etag.ts";
import { idempotencyHeaderSchema } from "../http/idempotency.ts";
import { problems } from "../http/problem.ts";
import {
  countrySchema,
  isoTimeSchema,
  jsonAnswer,
  jsonBody,
  moneySchema,
  postalCodeSchema,
  textSchema,
} from "../http/validate.ts";
import {
  destinationQuerySchema,
  latitudeSchema,
  locationSchema,
  longitudeSchema,
  rankedBySchema,
  WRITE_REFUSALS,
} from "./contract.ts";
import { DELIVERY_METHODS } from "./rules/delivery.ts";
import { DROP_REASONS } from "./rules/known-codes.ts";

const MAX_POSTAL_CODES = 1_000;
const MAX_DAYS = 365;
const DEFAULT_DAYS = 3;

const methodSchema = z.enum(DELIVERY_METHODS);
const daysSchema = z.int().min(0).max(MAX_DAYS);

const methodBodySchema = z
  .strictObject({
    name: textSchema(200),
    cost: moneySchema,
    days: daysSchema.default(DEFAULT_DAYS),
    requires_address: z.boolean().optional().openapi({
      description:
        "Whether an order by it has to have an address; without one it is refused as `address_required`. As it was where it is absent; false for a new method.",
    }),
  })
  .openapi("DeliveryMethodChange");

/** A delivery method. Written by `toMethodJson`. */
const deliveryMethodSchema = z
  .object({
    method: methodSchema,
    name: z.string(),
    cost: z.number(),
    currency: z.string(),
    days: z.int(),
    requires_address: z.boolean(),
  })
  .openapi("DeliveryMethod");

const optionsSchema = z.object({
  country: z.string(),
  ranked_by: rankedBySchema,
  location: locationSchema,
  options: z.array(
    deliveryMethodSchema.extend({
      estimated_delivery_at: isoTimeSchema,
      available: z.boolean(),
      warehouse: z.object({ warehouse_id: z.string(), name: z.string(), distance_km: z.number().nullable() }).nullable().openapi({
        description: "The first warehouse in the ranking, whatever it has in stock; null if the method is not available.",
      }),
    }),
  ),
});

const postalCodesBodySchema = z
  .strictObject({
    country: countrySchema,
    postal_codes: z
      .array(z.strictObject({ code: postalCodeSchema, latitude: latitudeSchema, longitude: longitudeSchema }))
      .min(1)
      .max(MAX_POSTAL_CODES),
  })
  .openapi("PostalCodes");

/** Written by `toWrittenJson`. */
const writtenSchema = z
  .object({
    country: z.string(),
    written: z.int(),
    dropped: z.int(),
    dropped_codes: z.array(z.object({ code: z.string(), reason: z.enum(DROP_REASONS) })).openapi({
      description:
        "Codes whose locations cannot be true: outside the country, or one point for codes of several regions. What was stored for them stays.",
    }),
  })
  .openapi("WrittenPostalCodes");

export const deliveryOptions = createRoute({
  method: "get",
  path: "/options",
  tags: ["Delivery"],
  summary: "List the delivery methods for a destination",
  ...operation("deliveryOptions", "warehouses:read"),
  request: { query: destinationQuerySchema },
  responses: {
    200: jsonAnswer("Every method, available or not", optionsSchema),
    ...problems("validation_failed", "country_not_served"),
  },
});

export const showDeliveryMethod = createRoute({
  method: "get",
  path: "/methods/{method}",
  tags: ["Delivery"],
  summary: "Get a delivery method",
  ...operation("showDeliveryMethod", "warehouses:read"),
  request: { params: z.object({ method: methodSchema }) },
  responses: { 200: jsonAnswer("The delivery method", deliveryMethodSchema), ...problems("not_found", "validation_failed") },
});

export const setDeliveryMethod = createRoute({
  method: "put",
  path: "/methods/{method}",
  tags: ["Delivery"],
  summary: "Add a delivery method, or change its cost and time",
  ...operation("setDeliveryMethod", "warehouses:write"),
  request: {
    params: z.object({ method: methodSchema }),
    headers: editHeadersSchema,
    body: jsonBody(methodBodySchema),
  },
  responses: {
    200: jsonAnswer("The delivery method", deliveryMethodSchema),
    ...problems("precondition_failed", ...WRITE_REFUSALS),
  },
});

export const writePostalCodes = createRoute({
  method: "put",
  path: "/",
  tags: ["Delivery"],
  summary: "Add or change the locations of postal codes",
  ...operation("writePostalCodes", "warehouses:write"),
  request: { headers: idempotencyHeaderSchema, body: jsonBody(postalCodesBodySchema) },
  responses: {
    200: jsonAnswer("The number of distinct codes written, and the codes that were dropped", writtenSchema),
    ...problems(...WRITE_REFUSALS),
  },
});
