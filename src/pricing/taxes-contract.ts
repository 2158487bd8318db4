import { createRoute, z } from "@hono/zod-openapi";
import { operation } from "../http/auth.ts";
import { editHeadersSchema } from "../http/etag.ts";
import { problems } from "../http/problem.ts";
import { countrySchema, jsonAnswer, jsonBody, textSchema } from "../http/validate.ts";
import { KEYED, WITH_BODY } from "./rules-contract.ts";

const MAX_RATE_BPS = 10_000;

const rateSchema = z.int().min(0).max(MAX_RATE_BPS).openapi({ description: "Basis points: 1800 is 18 %.", example: 1_800 });
const categorySchema = textSchema(100);

const rateBodySchema = z
  .strictObject({
    country: countrySchema,
    category: categorySchema.nullable().openapi({ description: "Null for the country's default rate." }),
    rate_bps: rateSchema,
  })
  .openapi("TaxRateChange");

/** Written by `toRateJson`. */
const taxRateSchema = z.object({ country: z.string(), category: z.string().nullable(), rate_bps: rateSchema }).openapi("TaxRate");

const tags = ["Taxes"];

export const listTaxRates = createRoute({
  method: "get",
  path: "/",
  tags,
  summary: "List the tax rates by country and category",
  description: "Its ETag is that of all rates together.",
  ...operation("listTaxRates", "taxes:read"),
  responses: { 200: jsonAnswer("All tax rates", z.object({ tax_rates: z.array(taxRateSchema) })), ...problems() },
});

export const setTaxRate = createRoute({
  method: "put",
  path: "/",
  tags,
  summary: "Set the tax rate of a country, or of a category in it",
  ...operation("setTaxRate", "taxes:manage"),
  request: { headers: editHeadersSchema, body: jsonBody(rateBodySchema) },
  responses: { 200: jsonAnswer("The tax rate", taxRateSchema), ...problems("precondition_failed", ...WITH_BODY) },
});

export const removeTaxRate = createRoute({
  method: "delete",
  path: "/",
  tags,
  summary: "Delete a tax rate",
  ...operation("removeTaxRate", "taxes:manage"),
  request: {
    headers: editHeadersSchema,
    query: z.strictObject({
      country: countrySchema,
      category: categorySchema.optional().openapi({ description: "Without it, the country's default rate." }),
    }),
  },
  responses: {
    200: jsonAnswer("The deleted tax rate", taxRateSchema),
    ...problems("precondition_failed", "not_found", ...KEYED),
  },
});
