import { readText } from "../../http/body.ts";
import type { AppContext } from "../../http/context.ts";
import { keyedRequest } from "../../http/idempotency.ts";
import { createRouter } from "../../http/router.ts";
import * as contract from "./contract.ts";
import { headerOf, lineOf } from "./export-json.ts";
import { type ExportedPage, exportProducts } from "./export-products.ts";
import { readRows, toProgressJson, toReportJson } from "./import-json.ts";
import { foreseeImport } from "./foresee-import.ts";
import { importProducts } from "./import-products.ts";
import { showImport } from "./show-import.ts";
import { BULK_FORMATS, type BulkFormat, EXPORT_FORMATS, type ExportFormat } from "../rules/bulk-file.ts";

/** Import and export of the catalogue. */
export const bulkRoutes = createRouter()
  .openapi(contract.importProducts, async (c) => {
    const { text, type } = await readText(
      c,
      contract.MAX_IMPORT_BYTES,
      Object.values(BULK_FORMATS),
      (each) => each === BULK_FORMATS.csv,
    );
    const { dry_run: dryRun, warehouse_id: warehouseId, stock } = c.req.valid("query");
    // The body of a request without these has the hash that it had before there were any.
    const keyed = await keyedRequest(c, { type, text, ...(warehouseId && { warehouseId }), ...(stock && { stock }) });
    const { currencyDecimals } = c.var.deps.config;
    const rows = readRows(text, type, currencyDecimals, stock === "ignore");
    if (dryRun === "true") {
      const foreseen = await foreseeImport(c.var.deps, rows, { warehouseId });
      return c.json({ dry_run: true, import_id: null, ...toReportJson(foreseen, rows, currencyDecimals) }, 200);
    }
    const imported = await importProducts(c.var.deps, keyed, rows, { warehouseId });
    const { importId, replayed } = imported;
    if (replayed) c.header("Idempotency-Replayed", "true");
    if (importId !== null) c.header("Location", `/api/v1/products/imports/${importId}`);
    return c.json({ dry_run: false, import_id: importId, ...toReportJson(imported, rows, currencyDecimals) }, 200);
  })
  .openapi(contract.showImport, async (c) => {
    const { import_id: importId } = c.req.valid("param");
    return c.json(toProgressJson(await showImport(c.var.deps, importId)), 200);
  })
  .openapi(contract.exportProducts, async (c) => {
    const { format = acceptedFormat(c), warehouse_id: warehouseId } = c.req.valid("query");
    const pages = exportProducts(c.var.deps, { hasUnits: !(format in BULK_FORMATS), warehouseId });
    // If the database does not answer at all, the request fails before the response begins.
    const first = await pages.next();
    const { currencyDecimals } = c.var.deps.config;
    const { origin } = new URL(c.req.url);
    const write = ({ products, units }: ExportedPage) =>
      products.map((product) => lineOf(format, product, { decimals: currencyDecimals, origin, units })).join("");
    return c.body(streamOf(write, headerOf(format), first.value, pages), 200, {
      "Content-Type": `${EXPORT_FORMATS[format]}; charset=utf-8`,
      "Content-Disposition": `attachment; filename="${fileNameOf(format)}"`,
    });
  });

function acceptedFormat(c: AppContext): BulkFormat {
  return c.req.header("Accept")?.includes(BULK_FORMATS.ndjson) ? "ndjson" : "csv";
}

function fileNameOf(format: ExportFormat): string {
  return format in BULK_FORMATS ? `products.${format}` : `${format}-products.csv`;
}

/** Reads each page when the client has read the one before. A failing page aborts the response, so that it does not look complete. */
function streamOf(
  write: (page: ExportedPage) => string,
  header: string,
  first: ExportedPage | void,
  pages: AsyncGenerator<ExportedPage, void>,
): ReadableStream {
  const encoder = new TextEncoder();
  let text = header + (first ? write(first) : "");
  return new ReadableStream<Uint8Array>({
    pull: async (controller) => {
      if (text !== "") controller.enqueue(encoder.encode(text));
      const { value: page } = await pages.next();
      text = page ? write(page) : "";
      if (!page) controller.close();
    },
    cancel: () => void pages.return(),
  });
}
