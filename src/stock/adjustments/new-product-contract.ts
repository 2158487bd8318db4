import { createRoute, z } from "@hono/zod-openapi";
import { describedSchema, newProductIdSchema, productSchema } from "../../catalog/contract.ts";
import { needs } from "../../http/auth.ts";
import { idempotencyHeaderSchema } from "../../http/idempotency.ts";
import { problems } from "../../http/problem.ts";
import { idSchema, jsonAnswer, jsonBody, moneySchema, textSchema } from "../../http/validate.ts";
import { currentStockSchema } from "../storefront/contract.ts";
import { adjustedSchema, statedSchema } from "./contract.ts";

const bodySchema = describedSchema
  .omit({ components: true })
  .extend({
    product_id: newProductIdSchema.optional().openapi({ description: "Made where it is absent.", example: "prod-001" }),
    name: textSchema(200),
    price: moneySchema,
    sku: describedSchema.shape.sku.openapi({ description: "Default: the product's id." }),
    current_stock: statedSchema.default(0).openapi({ description: "Units on hand to begin with." }),
    warehouse_id: idSchema
      .optional()
      .openapi({ description: "Where they are. Default: the shop's default warehouse.", example: "BLR" }),
  })
  .openapi("NewStockedProduct");

const stockedProductSchema = productSchema
  .extend({
    current_stock: currentStockSchema,
    initial_stock: z
      .union([adjustedSchema, z.null()])
      .openapi({ description: "The movement that brought the units; null where there were none." }),
  })
  .openapi("StockedProduct");

export const createStockedProduct = createRoute({
  method: "post",
  path: "/products",
  tags: ["Inventory"],
  summary: "Create a product with one variant and the units that there are of it",
  ...needs("catalog:create"),
  description: "With an `Idempotency-Key` a repeat finishes what a failure left: one product, its units once.",
  request: { headers: idempotencyHeaderSchema, body: jsonBody(bodySchema) },
  responses: {
    201: jsonAnswer("The product and its stock; `Location` is its address", stockedProductSchema),
    ...problems(
      ...(["malformed_json", "idempotency_key_invalid", "forbidden", "already_exists", "body_too_large"] as const),
      ...(["unsupported_media_type", "validation_failed", "idempotency_key_reused", "unresolved"] as const),
    ),
  },
});
