import { createRoute, z } from "@hono/zod-openapi";
import { operation } from "../../http/auth.ts";
import { problems } from "../../http/problem.ts";
import { idSchema, jsonAnswer, quantitySchema } from "../../http/validate.ts";
import { destinationQuerySchema, locationSchema, rankedBySchema } from "../../warehouses/contract.ts";
import {
  allocatedSchema,
  chosenVariantSchema,
  COMPONENTS,
  currentStockSchema,
  onHandSchema,
  reservedSchema,
} from "./contract.ts";

const pathQuantitySchema = z
  .string()
  .regex(/^[0-9]{1,5}$/, "must be a whole number from 1 to 10000")
  .transform(Number)
  .pipe(quantitySchema)
  .openapi({ type: "integer", minimum: 1, maximum: 10_000, example: 2 });

const supplyFields = {
  current_stock: currentStockSchema,
  on_hand: onHandSchema,
  reserved: reservedSchema,
  allocated: allocatedSchema,
};

const checkedSchema = z
  .object({
    product_id: z.string(),
    variant_id: z.string(),
    requested_quantity: z.int(),
    available: z.boolean().openapi({ description: "Whether one order could get the requested quantity now." }),
    ...supplyFields,
    components: z
      .array(
        z.object({
          product_id: z.string(),
          variant_id: z.string(),
          quantity: z.int().openapi({ description: "Units in one bundle." }),
          ...supplyFields,
        }),
      )
      .openapi({ description: COMPONENTS }),
    ranked_by: rankedBySchema,
    location: locationSchema,
  })
  .openapi("CheckedAvailability");

export const checkAvailability = createRoute({
  method: "get",
  path: "/products/{product_id}/availability/{quantity}",
  tags: ["Inventory"],
  summary: "Check whether one order could get a quantity now",
  ...operation("checkAvailability", "availability:read"),
  description: "Reads the live stock, not its projection in the database. Nothing is reserved.",
  request: {
    params: z.object({ product_id: idSchema, quantity: pathQuantitySchema }),
    query: destinationQuerySchema.extend({ variant_id: chosenVariantSchema }),
  },
  responses: {
    200: jsonAnswer("Available or not", checkedSchema),
    ...problems("not_found", "validation_failed", "country_not_served"),
  },
});
