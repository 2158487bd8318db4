import { z } from "@hono/zod-openapi";
import { textSchema } from "../http/validate.ts";
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
