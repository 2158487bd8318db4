import { createRoute, z } from "@hono/zod-openapi";
import { operation } from "../http/auth.ts";
import { editHeadersSchema } from "../http/etag.ts";
import { idempotencyHeaderSchema } from "../http/idempotency.ts";
import { problems } from "../http/problem.ts";
import { countrySchema, idSchema, jsonAnswer, jsonBody, postalCodeSchema, textSchema } from "../http/validate.ts";
import { LOCATION_SOURCES, RANKED_BY } from "./rules/rank.ts";

const MAX_SERVED_PREFIXES = 1_000;
const MAX_COUNTRIES = 250;

const statusSchema = z.enum(["active", "archived"]);
export const latitudeSchema = z.number().min(-90).max(90).openapi({ example: 12.9716 });
export const longitudeSchema = z.number().min(-180).max(180).openapi({ example: 77.5946 });

/** The destination of an order; the country defaults to the shop's. */
export const destinationQuerySchema = z.strictObject({
  postal_code: postalCodeSchema.optional(),
  country: countrySchema.optional(),
});

const warehouseFields = {
  name: textSchema(200),
  country: countrySchema,
  postal_code: postalCodeSchema,
  latitude: latitudeSchema,
  longitude: longitudeSchema,
};

const optionalFields = {
  allows_self_service: z
    .boolean()
    .optional()
    .openapi({ description: "Whether customers may collect orders there. Default: false." }),
  served_postal_codes: z
    .array(postalCodeSchema)
    .max(MAX_SERVED_PREFIXES)
    .optional()
    .openapi({ description: "Prefixes of postal codes for which it comes before nearer warehouses; the longest prefix wins." }),
  ships_to: z
    .array(countrySchema)
    .min(1)
    .max(MAX_COUNTRIES)
    .optional()
    .openapi({ description: "Countries that it ships to. Default: its own country." }),
  status: statusSchema.optional(),
};

const newWarehouseSchema = z
  .strictObject({
    warehouse_id: idSchema.optional().openapi({ description: "Default: made of the name.", example: "BLR" }),
    ...warehouseFields,
    ...optionalFields,
  })
  .openapi("NewWarehouse");
const warehouseChangeSchema = z
  .strictObject({ ...warehouseFields, ...optionalFields })
  .partial()
  .refine((body) => Object.keys(body).length > 0, "give at least one field to change")
  .openapi("WarehouseChange");

export type NewWarehouseBody = z.output<typeof newWarehouseSchema>;
export type WarehouseChangeBody = z.output<typeof warehouseChangeSchema>;

/** A warehouse. Written by `toWarehouseJson`. */
const warehouseSchema = z
  .object({
    warehouse_id: z.string(),
    name: z.string(),
    status: statusSchema,
    country: z.string(),
    postal_code: z.string(),
    latitude: z.number(),
    longitude: z.number(),
    allows_self_service: z.boolean(),
    served_postal_codes: z.array(z.string()),
    ships_to: z.array(z.string()),
  })
  .openapi("Warehouse");

/** The assumed location of the customer, and its source. */
export const locationSchema = z
  .object({
    source: z.enum(LOCATION_SOURCES),
    postal_code: z.string().nullable(),
    matched: z
      .string()
      .nullable()
      .openapi({ description: "The known postal code that matched: all of the given one, or a prefix of it." }),
    latitude: z.number().nullable(),
    longitude: z.number().nullable(),
  })
  .openapi("Location");

export const rankedBySchema = z.enum(RANKED_BY);

const rankingSchema = z.object({
  ranked_by: rankedBySchema,
  location: locationSchema,
  warehouses: z.array(
    warehouseSchema.extend({
      distance_km: z.number().nullable(),
      served_prefix: z
        .string()
        .nullable()
        .openapi({ description: "The served prefix by which it comes before nearer warehouses, if any." }),
    }),
  ),
});

/** The errors of every write in this slice. */
export const WRITE_REFUSALS = [
  "malformed_json",
  "idempotency_key_invalid",
  "forbidden",
  "body_too_large",
  "unsupported_media_type",
  "validation_failed",
  "idempotency_key_reused",
  "unresolved",
] as const;

export const listWarehouses = createRoute({
  method: "get",
  path: "/",
  tags: ["Warehouses"],
  summary: "List the warehouses in their fixed order",
  ...operation("listWarehouses", "warehouses:read"),
  request: { query: z.strictObject({ status: statusSchema.default("active") }) },
  responses: {
    200: jsonAnswer("All warehouses of the status", z.object({ warehouses: z.array(warehouseSchema) })),
    ...problems("validation_failed"),
  },
});

export const nearestWarehouses = createRoute({
  method: "get",
  path: "/nearest",
  tags: ["Warehouses"],
  summary: "Rank the warehouses that ship to a destination",
  ...operation("nearestWarehouses", "warehouses:read"),
  request: { query: destinationQuerySchema },
  responses: {
    200: jsonAnswer("First choice first, each with its distance, and the criterion of the ranking", rankingSchema),
    ...problems("validation_failed", "country_not_served"),
  },
});

export const showWarehouse = createRoute({
  method: "get",
  path: "/{warehouse_id}",
  tags: ["Warehouses"],
  summary: "Show a warehouse, active or archived",
  ...operation("showWarehouse", "warehouses:read"),
  request: { params: z.object({ warehouse_id: idSchema }) },
  responses: { 200: jsonAnswer("The warehouse", warehouseSchema), ...problems("not_found", "validation_failed") },
});

export const createWarehouse = createRoute({
  method: "post",
  path: "/",
  tags: ["Warehouses"],
  summary: "Create a warehouse",
  ...operation("createWarehouse", "warehouses:write"),
  request: { headers: idempotencyHeaderSchema, body: jsonBody(newWarehouseSchema) },
  responses: {
    201: jsonAnswer("The warehouse", warehouseSchema),
    ...problems("already_exists", ...WRITE_REFUSALS),
  },
});

export const changeWarehouse = createRoute({
  method: "patch",
  path: "/{warehouse_id}",
  tags: ["Warehouses"],
  summary: "Change a warehouse",
  ...operation("changeWarehouse", "warehouses:write"),
  description: "Only an empty warehouse is archived: with no units, open transfers or orders that are to leave it.",
  request: {
    params: z.object({ warehouse_id: idSchema }),
    headers: editHeadersSchema,
    body: jsonBody(warehouseChangeSchema),
  },
  responses: {
    200: jsonAnswer("The changed warehouse", warehouseSchema),
    ...problems("precondition_failed", "not_found", "warehouse_not_empty", ...WRITE_REFUSALS),
  },
});
