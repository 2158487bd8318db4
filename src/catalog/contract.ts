import { createRoute, z } from "@hono/zod-openapi";
import { operation } from "../http/auth.ts";
import { editHeadersSchema } from "../http/etag.ts";
import { idempotencyHeaderSchema } from "../http/idempotency.ts";
import { problems } from "../http/problem.ts";
import { idSchema, isoTimeSchema, jsonAnswer, jsonBody, moneySchema, quantitySchema, textSchema } from "../http/validate.ts";
import { normalEmail } from "../rules/email.ts";
import { imageSchema, imagesSchema, optionsSchema, slugSchema, tagsSchema } from "./content-contract.ts";
import { MAX_VARIANTS } from "./rules/variants.ts";
import {
  barcodeSchema,
  compareAtSchema,
  rejectDuplicates,
  skuSchema,
  statusSchema,
  limitSchema,
  stockLevelSchema,
  variantBodySchema,
  variantSchema,
  variantsSchema,
  weightSchema,
} from "./variants-contract.ts";

const MAX_COMPONENTS = 20;
/** The id of a new product. `/products/export` is an address of its own, so no product may have this id. */
export const newProductIdSchema = idSchema.refine((id) => id !== "export", "is reserved by the API");

/** Kept as it is typed: nothing is found by it. */
const supplierEmailSchema = z
  .string()
  .trim()
  .refine((text) => normalEmail(text) !== undefined, "is not an e-mail address")
  .openapi({ example: "orders@saltwind.example" });

const componentBodySchema = z.strictObject({
  product_id: idSchema,
  variant_id: idSchema.optional().openapi({ description: "Default: the product's only active variant." }),
  quantity: quantitySchema,
});

/** All components of a bundle. */
export const componentsSchema = z.array(componentBodySchema).min(1).max(MAX_COMPONENTS);

/** The optional fields of a product; `null` clears a field. */
export const describedSchema = z.strictObject({
  slug: slugSchema.optional().openapi({
    description: "The product's address in a shop, unique. Default: made of the name; it stays when the name changes.",
  }),
  description: textSchema(5_000).nullish(),
  category: textSchema(100).nullish(),
  brand: textSchema(100).nullish(),
  unit: textSchema(50).nullish(),
  status: statusSchema.optional(),
  mrp: moneySchema.nullish().openapi({ description: "The maximum retail price that is printed on the goods." }),
  compare_at_price: compareAtSchema.nullish(),
  weight: weightSchema.nullish(),
  weight_unit: z.literal("g").optional(),
  tags: tagsSchema.optional(),
  options: optionsSchema.optional(),
  images: imagesSchema.optional(),
  cost_price: moneySchema.nullish(),
  min_stock_level: stockLevelSchema
    .nullish()
    .openapi({ description: "Of all variants together; a variant may have its own beside it." }),
  max_stock_level: stockLevelSchema.nullish(),
  max_per_order: limitSchema
    .nullish()
    .openapi({ description: "The most units of all variants together that one order may have." }),
  max_per_customer: limitSchema.nullish().openapi({
    description:
      "The most units of all variants together that one customer may buy, by account, e-mail or phone. Counted from when it is set; cancelled and expired orders do not count.",
  }),
  supplier_name: textSchema(200).nullish(),
  supplier_contact: textSchema(200).nullish(),
  supplier_email: supplierEmailSchema.nullish(),
  barcode: barcodeSchema.nullish(),
  sku: skuSchema.optional().openapi({ description: "For a product with one variant, whose id is then the product's." }),
  components: componentsSchema.optional().openapi({
    description: "Makes the product a bundle, which has one variant and no stock of its own. A change replaces all components.",
  }),
});

const newProductSchema = describedSchema
  .extend({
    product_id: newProductIdSchema.optional().openapi({ description: "Default: made of the SKU or the name; see `Location`." }),
    name: textSchema(200),
    price: moneySchema,
    variants: z.array(variantBodySchema).min(1).max(MAX_VARIANTS).optional(),
  })
  .superRefine((body, context) => {
    if ((body.sku === undefined) === (body.variants === undefined)) {
      context.addIssue({ code: "custom", path: ["sku"], message: "give either sku or variants" });
    }
    rejectDuplicates(body.variants ?? [], context);
  })
  .openapi("NewProduct");

const productChangeSchema = describedSchema
  .extend({
    name: textSchema(200).optional(),
    price: moneySchema.optional(),
    variants: variantsSchema.optional().openapi({
      description:
        "Variants are added or changed by `variant_id`, or by `sku` without one, and never removed; archive them instead. A new variant needs a `sku`.",
    }),
  })
  .superRefine((body, context) => {
    if (body.sku !== undefined && body.variants !== undefined) {
      context.addIssue({ code: "custom", path: ["sku"], message: "give either sku or variants" });
    }
    rejectDuplicates(body.variants ?? [], context);
  })
  .refine((body) => Object.keys(body).length > 0, "give at least one field to change")
  .openapi("ProductChange");

export type NewProductBody = z.output<typeof newProductSchema>;
export type ProductChangeBody = z.output<typeof productChangeSchema>;

const optionalText = z.string().nullable();
const optionalMoney = z.number().nullable();

/** A product, with the members that only staff see. Written by `toProductJson`. */
export const productSchema = z
  .object({
    product_id: z.string(),
    slug: z.string().openapi({ description: "The product's address in a shop." }),
    name: z.string(),
    description: optionalText,
    category: optionalText,
    brand: optionalText,
    unit: optionalText,
    status: statusSchema,
    is_bundle: z.boolean(),
    price: z.number(),
    mrp: optionalMoney,
    compare_at_price: optionalMoney,
    weight: z.int().nullable().openapi({ description: "In grams." }),
    weight_unit: z.literal("g"),
    tags: z.array(z.string()),
    options: z.array(z.object({ name: z.string(), values: z.array(z.string()) })),
    images: z.array(imageSchema),
    barcode: optionalText,
    max_per_order: z.int().nullable(),
    max_per_customer: z.int().nullable(),
    currency: z.string(),
    variants: z.array(variantSchema),
    components: z.array(z.object({ product_id: z.string(), variant_id: z.string(), quantity: z.int(), name: z.string() })),
    created_at: isoTimeSchema,
    updated_at: isoTimeSchema,
    cost_price: optionalMoney.optional().openapi({ description: "Only for staff, like the members after it." }),
    min_stock_level: z.int().nullable().optional(),
    max_stock_level: z.int().nullable().optional(),
    supplier_name: optionalText.optional(),
    supplier_contact: optionalText.optional(),
    supplier_email: optionalText.optional(),
  })
  .openapi("Product");

const REFUSALS = [
  "malformed_json",
  "idempotency_key_invalid",
  "forbidden",
  "already_exists",
  "body_too_large",
  "unsupported_media_type",
  "validation_failed",
  "idempotency_key_reused",
  "invalid_bundle",
  "unresolved",
] as const;

export const createProduct = createRoute({
  method: "post",
  path: "/",
  tags: ["Catalogue"],
  summary: "Create a product with its variants or components",
  ...operation("createProduct", "catalog:create"),
  request: { headers: idempotencyHeaderSchema, body: jsonBody(newProductSchema) },
  responses: { 201: jsonAnswer("The product; `Location` is its URL", productSchema), ...problems(...REFUSALS) },
});

export const changeProduct = createRoute({
  method: "patch",
  path: "/{product_id}",
  tags: ["Catalogue"],
  summary: "Change a product, its variants or components",
  ...operation("changeProduct", "catalog:write"),
  request: {
    params: z.object({ product_id: idSchema }),
    headers: editHeadersSchema,
    body: jsonBody(productChangeSchema),
  },
  responses: {
    200: jsonAnswer("The changed product", productSchema),
    ...problems("precondition_failed", "not_found", ...REFUSALS),
  },
});
