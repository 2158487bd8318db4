import { z } from "@hono/zod-openapi";
import { idSchema, textSchema } from "../http/validate.ts";
import { MAX_IMAGES } from "./rules/images.ts";
import { MAX_OPTION_VALUES, MAX_OPTIONS } from "./rules/options.ts";
import { optionNameSchema, optionValueSchema } from "./variants-contract.ts";

/** The address of a product in a shop. */
export const slugSchema = z
  .string()
  .trim()
  .max(100)
  .transform((text) => text.normalize("NFC").toLowerCase())
  .refine((slug) => /^[\p{L}\p{N}\p{M}]+(?:[-_]+[\p{L}\p{N}\p{M}]+)*$/u.test(slug), "use letters, digits and hyphens")
  .openapi({ example: "basmati-rice-1kg" });

const MAX_TAGS = 50;

/** Words of a product; each counts once. */
export const tagsSchema = z
  .array(textSchema(50))
  .max(MAX_TAGS)
  .transform((tags) => [...new Set(tags)])
  .openapi({ type: "array", items: { type: "string", maxLength: 50 }, maxItems: MAX_TAGS, example: ["organic"] });

const uniqueNames = (options: readonly { name: string }[]) => new Set(options.map(({ name }) => name)).size === options.length;

/** What customers choose a variant by. */
export const optionsSchema = z
  .array(
    z.strictObject({
      name: optionNameSchema.openapi({ example: "Size" }),
      values: z
        .array(optionValueSchema)
        .max(MAX_OPTION_VALUES)
        .default([])
        .openapi({ description: "In the order in which a shop shows them; values of variants that are not named here follow." }),
    }),
  )
  .max(MAX_OPTIONS)
  .refine(uniqueNames, "an option is given twice")
  .openapi({ description: "Default: the options that the variants name." });

/** What a reader hears instead of an image. */
export const altSchema = textSchema(500).openapi({ example: "A bag of rice" });

/** An image of this shop, by its path or at whatever address the shop is reached. */
const OWN_IMAGE = /^(?:https?:\/\/[^/]+)?\/images\/[^/]+\/[0-9a-f]{64}\.\w+$/;

const imageUrlSchema = z
  .string()
  .trim()
  .max(2_000)
  .refine((url) => OWN_IMAGE.test(url) || (URL.canParse(url) && new URL(url).protocol === "https:"), "must be an https address")
  .openapi({ example: "https://cdn.example.com/rice.jpg" });

/** All images of a product in their order. */
export const imagesSchema = z
  .array(
    z
      .strictObject({
        image_id: idSchema.optional(),
        url: imageUrlSchema.optional(),
        alt: altSchema.nullish(),
      })
      .refine(({ image_id: id, url }) => (id === undefined) !== (url === undefined), "give either image_id or url"),
  )
  .max(MAX_IMAGES)
  .openapi({
    description:
      "All images in their order, by `image_id` or by address; those that are left out are deleted. An https address elsewhere is shown as it is, and never fetched. Upload files with `POST …/images`.",
  });

const sizeSchema = z.object({ url: z.string(), width: z.int(), height: z.int() });

/** A picture of a product. Written by `toImageJson`. */
export const imageSchema = z
  .object({
    image_id: z.string(),
    url: z.string(),
    alt: z.string().nullable(),
    width: z.int().nullable().openapi({ description: "In pixels; null of an image elsewhere." }),
    height: z.int().nullable(),
    sizes: z.array(sizeSchema).openapi({
      description:
        "For `srcset`: the sizes that were uploaded, narrow first, the image itself last; empty of an image elsewhere.",
    }),
  })
  .openapi("ProductImage");
