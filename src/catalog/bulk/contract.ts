import { createRoute, z } from "@hono/zod-openapi";
import { operation } from "../../http/auth.ts";
import { idempotencyHeaderSchema } from "../../http/idempotency.ts";
import { problems } from "../../http/problem.ts";
import { amountCell, countCell, limitCell, listCell } from "../../http/cells.ts";
import { blankable, idSchema, jsonAnswer, textSchema } from "../../http/validate.ts";
import { toMinor } from "../../rules/money.ts";
import { imagesSchema, optionsSchema, tagsSchema } from "../content-contract.ts";
import { componentsSchema, describedSchema, newProductIdSchema } from "../contract.ts";
import { barcodeSchema, rejectDuplicates, variantsSchema } from "../variants-contract.ts";
import { progressSchema, reportSchema } from "./report-contract.ts";
import { BULK_FORMATS, COLUMNS, EXPORT_FORMATS, type ExportFormat } from "../rules/bulk-file.ts";

/** The limits of one import. */
export const MAX_IMPORT_ROWS = 5_000;
export const MAX_IMPORT_BYTES = 5 * 1_024 * 1_024;

/** A barcode in a cell: spreadsheets put a quote in front, and drop the zero with which a UPC-A begins. */
const barcodeCell = z.preprocess((value, context) => {
  if (typeof value === "number") return withLostZero(String(value));
  if (typeof value !== "string") return value;
  if (/^\d(?:[.,]\d+)?E\+?\d+$/i.test(value))
    context.addIssue({ code: "custom", message: "lost digits in a spreadsheet; format the column as text, and enter it again" });
  return withLostZero(value.replace(/^'/, ""));
}, barcodeSchema.nullish());

function withLostZero(digits: string): string {
  return /^\d{11}$/.test(digits) ? `0${digits}` : digits;
}

/**
 * A row of an import. Null, in CSV an empty cell, clears an optional field and leaves a required one as it is.
 * @param decimals of the shop's currency  @param hasDecimalComma of the file
 */
export function importRowSchema(decimals: number, hasDecimalComma: boolean) {
  const amount = amountCell(decimals, hasDecimalComma);
  const { status, sku, slug } = describedSchema.shape;
  return z
    .strictObject({
      ...describedSchema.shape,
      barcode: barcodeCell,
      product_id: newProductIdSchema,
      name: blankable(textSchema(200)),
      price: blankable(amount),
      mrp: amount.nullish(),
      compare_at_price: amount.nullish(),
      weight: countCell.nullish(),
      slug: blankable(slug),
      tags: listCell(tagsSchema),
      options: listCell(optionsSchema),
      images: listCell(imagesSchema),
      cost_price: amount.nullish(),
      min_stock_level: countCell.nullish(),
      max_stock_level: countCell.nullish(),
      max_per_order: limitCell.nullish(),
      max_per_customer: limitCell.nullish(),
      status: blankable(status),
      sku: blankable(sku),
      variants: listCell(variantsSchema),
      components: listCell(componentsSchema),
    })
    .superRefine((row, context) => {
      if (row.sku !== undefined && row.variants !== undefined) {
        context.addIssue({ code: "custom", path: ["sku"], message: "give either sku or variants" });
      }
      rejectDuplicates(row.variants ?? [], context);
      for (const [index, { price_adjustment: adjustment }] of (row.variants ?? []).entries()) {
        if (adjustment === undefined || toMinor(adjustment, decimals) !== undefined) continue;
        const path = ["variants", index, "price_adjustment"];
        context.addIssue({ code: "custom", path, message: `must have at most ${decimals} decimals` });
      }
    });
}

const content = Object.fromEntries(Object.values(BULK_FORMATS).map((type) => [type, { schema: z.string() }]));

export const importProducts = createRoute({
  method: "post",
  path: "/import",
  tags: ["Catalogue"],
  summary: "Create and change many products from CSV or NDJSON",
  ...operation("importProducts", "catalog:import"),
  description: `Writes every valid row and reports on each. With \`dry_run=true\` nothing is written: the answer says what would become of each row, and each changed field before and after. At most ${MAX_IMPORT_ROWS} rows and 5 MiB; CSV may be in any dialect that spreadsheets write: commas, semicolons or tabs, \`sep=;\`, decimal commas, headers in any case, UTF-8, UTF-16 or windows-1252; \`Content-Type\` may name the charset. Columns: ${COLUMNS.join(", ")}. The field of an absent column stays as it is. An empty cell clears an optional field, and leaves a name, price, status or SKU as it is. One quote in front of a text that looks like a formula is removed. CSV may also be a product file of Shopify or WooCommerce as they export it: its quantities are received as opening stock, after the answer, where a variant never had stock in the warehouse; others are listed, and set by \`POST /inventory/counts/import\`. Our own columns have no stock.`,
  request: {
    headers: idempotencyHeaderSchema,
    query: z.strictObject({
      dry_run: z.enum(["true", "false"]).optional(),
      warehouse_id: idSchema.optional().openapi({
        description: "Where the quantities of another shop's file are received. Default: the only active warehouse.",
      }),
      stock: z
        .enum(["opening", "ignore"])
        .optional()
        .openapi({ description: "`ignore`: quantities are not read. Default: `opening`." }),
    }),
    body: { required: true, content },
  },
  responses: {
    200: jsonAnswer("The result of each row", reportSchema),
    ...problems(
      ...(["idempotency_key_invalid", "forbidden", "body_too_large", "unsupported_media_type"] as const),
      ...(["validation_failed", "idempotency_key_reused", "unresolved"] as const),
    ),
  },
});

export const showImport = createRoute({
  method: "get",
  path: "/imports/{import_id}",
  tags: ["Catalogue"],
  summary: "Show the progress of an import",
  ...operation("showImport", "catalog:import"),
  description:
    "Products are changed when the import is answered; what lists show of their stock follows in the background. Kept for 30 days.",
  request: { params: z.object({ import_id: idSchema }) },
  responses: {
    200: jsonAnswer("How far the import has come", progressSchema),
    ...problems("forbidden", "not_found", "validation_failed"),
  },
});

export const exportProducts = createRoute({
  method: "get",
  path: "/export",
  tags: ["Catalogue"],
  summary: "Export the whole catalogue as CSV or NDJSON",
  ...operation("exportProducts", "catalog:export"),
  description:
    "In the format of an import; importing an export changes nothing. Oldest products first, archived products included.",
  request: {
    query: z.strictObject({
      format: z
        .enum(Object.keys(EXPORT_FORMATS) as [ExportFormat, ...ExportFormat[]])
        .optional()
        .openapi({
          description: "Default: the format in `Accept`, else `csv`. `shopify` and `woocommerce` are their product files.",
        }),
      warehouse_id: idSchema.optional().openapi({
        description:
          "Whose units the files of other shops have. Default: all active warehouses together. Our own formats have none.",
      }),
    }),
  },
  responses: {
    200: { description: "The catalogue", content },
    ...problems("forbidden", "validation_failed"),
  },
});
