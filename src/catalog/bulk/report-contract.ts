import { z } from "@hono/zod-openapi";
import { isoTimeSchema } from "../../http/validate.ts";

const cellSchema = z.union([z.string(), z.number(), z.null()]);

const changeSchema = z.object({
  field: z.string().openapi({ description: "A column, or a member of a variant, such as `variants[0].sku`." }),
  before: cellSchema.openapi({ description: "Lists are shown as JSON, as in a cell of CSV." }),
  after: cellSchema,
  is_cut: z.literal(true).optional().openapi({ description: "Present where a value is longer than is shown." }),
});

const rowStockSchema = z.object({
  sku: z.string(),
  variant_id: z.string().nullable(),
  quantity: z.int().nullable().openapi({ description: "Null where the file has no number to take." }),
  outcome: z.enum(["opening", "none", "same", "kept", "not_taken"]).openapi({
    description:
      "`opening`: received after the answer. `none`: zero. `same`: so many can be ordered here. `kept`: there is other stock, which stays. `not_taken`: `message` says why.",
  }),
  on_hand: z.int().nullable().openapi({ description: "In the warehouse; null where the variant never had stock there." }),
  message: z.string().nullable(),
});

const stockTotalsSchema = z.object({
  warehouse_id: z.string().nullable().openapi({ description: "Where the quantities are received; null if the file has none." }),
  opening: z.int(),
  none: z.int(),
  same: z.int(),
  kept: z.int(),
  not_taken: z.int(),
});

/** The result of an import, or of a dry run. */
export const reportSchema = z
  .object({
    dry_run: z.boolean(),
    import_id: z.string().nullable().openapi({ description: "Asks for the import's progress; null if no row was written." }),
    totals: z.object({ rows: z.int(), created: z.int(), updated: z.int(), unchanged: z.int(), refused: z.int() }),
    rows: z.array(
      z.object({
        row: z.int().openapi({ description: "The line number in NDJSON; in CSV, 1 is the first row after the header." }),
        product_id: z.string().nullable().openapi({ description: "Null if it cannot be read." }),
        outcome: z.enum(["created", "updated", "unchanged", "refused"]),
        errors: z.array(
          z.object({
            field: z.string().openapi({ description: "The column." }),
            message: z.string(),
            value: z.string().optional().openapi({ description: "What the cell has, cut to 64 characters." }),
          }),
        ),
        stock: z
          .array(rowStockSchema)
          .optional()
          .openapi({ description: "What becomes of the quantities that the file of another shop has." }),
        changes: z
          .array(changeSchema)
          .optional()
          .openapi({ description: "In a dry run, what would change of a product that is there." }),
      }),
    ),
    stock: stockTotalsSchema,
    changes_left_out: z.int().openapi({ description: "How many changes a dry run found beyond those that it lists." }),
  })
  .openapi("ImportReport");

/** How far an import has come. */
export const progressSchema = z
  .object({
    import_id: z.string(),
    created_at: isoTimeSchema,
    status: z
      .enum(["running", "finished"])
      .openapi({ description: "`finished` once all rows are written, lists show them, and opening stock is received." }),
    rows: z
      .object({ total: z.int(), done: z.int() })
      .openapi({ description: "Rows without errors, and those that are written." }),
    lists: z.object({ total: z.int(), done: z.int() }).openapi({
      description: "Products whose figures in lists, sums and alerts the import changes, and those that are computed anew.",
    }),
    stock: z
      .object({
        warehouse_id: z.string().nullable(),
        total: z.int(),
        done: z.int(),
        pending: z.int(),
        kept: z.int(),
        kept_since: z.array(z.object({ sku: z.string(), variant_id: z.string(), quantity: z.int(), on_hand: z.int() })),
      })
      .openapi({
        description:
          "Variants whose opening stock is to be received, is received, and is not yet; and those that had other stock before, in `kept_since` up to 100 that got it after the answer.",
      }),
  })
  .openapi("ImportProgress");
