import { createRoute, z } from "@hono/zod-openapi";
import { operation } from "../../http/auth.ts";
import { idempotencyHeaderSchema } from "../../http/idempotency.ts";
import { problems } from "../../http/problem.ts";
import { idSchema, jsonAnswer } from "../../http/validate.ts";
import { altSchema, imageSchema } from "../content-contract.ts";
import { IMAGE_TYPES, MAX_IMAGE_BYTES } from "../rules/image-bytes.ts";

const binarySchema = z.string().openapi({ format: "binary" });
const content = Object.fromEntries(Object.keys(IMAGE_TYPES).map((type) => [type, { schema: binarySchema }]));

export const uploadImage = createRoute({
  method: "post",
  path: "/{product_id}/images",
  tags: ["Catalogue"],
  summary: "Upload an image of a product",
  ...operation("uploadImage", "catalog:write"),
  description: `The body is the file: JPEG, PNG, WebP or GIF by its bytes, whatever \`Content-Type\` says; at most ${MAX_IMAGE_BYTES / 1_048_576} MiB, 12,000 pixels a side and 40 million in all. It becomes the last image; a change of the product's \`images\` orders and deletes them, and sets \`alt\`. The same bytes again are the same image. With \`size_of\` the file is a narrower size of that image, for \`srcset\`: nothing here resizes images.`,
  request: {
    params: z.object({ product_id: idSchema }),
    query: z.strictObject({ alt: altSchema.optional(), size_of: idSchema.optional() }),
    headers: idempotencyHeaderSchema,
    body: { required: true, content },
  },
  responses: {
    201: jsonAnswer("The image", imageSchema),
    ...problems(
      "idempotency_key_invalid",
      "forbidden",
      "not_found",
      "body_too_large",
      "unsupported_media_type",
      "validation_failed",
    ),
    ...problems("idempotency_key_reused", "images_not_configured", "unresolved", "unavailable"),
  },
});

export const showImage = createRoute({
  method: "get",
  path: "/{product_id}/{file}",
  tags: ["Catalogue"],
  summary: "Show a file of an image",
  ...operation("showImage", "catalog:read"),
  description: "Its address names its content, so it never changes and is cached for a year.",
  request: {
    params: z.object({
      product_id: idSchema,
      file: z.string().regex(/^[0-9a-f]{64}\.(jpg|png|webp|gif)$/, "is no file of an image"),
    }),
    headers: z.object({ "if-none-match": z.string().optional() }),
  },
  responses: {
    200: { description: "The file", content },
    304: { description: "The file that the client has" },
    ...problems("not_found", "validation_failed"),
  },
});
