import { z } from "@hono/zod-openapi";
import { invalidField } from "../../errors.ts";
import type { AppContext } from "../../http/context.ts";
import { readText } from "../../http/body.ts";
import { answerCsv, wantsCsv } from "../../http/csv.ts";
import { keyedRequest } from "../../http/idempotency.ts";
import { readCursor, toCursor } from "../../http/paging.ts";
import { createRouter } from "../../http/router.ts";
import { idSchema } from "../../http/validate.ts";
import * as contract from "./count-file-contract.ts";
import { COUNT_COLUMNS, readCountFile, readCountList, toCountCells, toCountJson, toCountReportJson } from "./count-file-json.ts";
import type { ListedCount } from "../rules/count-file.ts";
import { exportCounts, listCounts } from "./export-counts.ts";
import { importCounts } from "./import-counts.ts";

const keySchema = z.tuple([idSchema, idSchema, idSchema]);

/** Counts by warehouse as files. */
export const countRoutes = createRouter()
  .openapi(contract.importCounts, async (c) => {
    const { dry_run: dryRun, reason = "Count" } = c.req.valid("query");
    // JSON has been validated; what is not JSON has not been read.
    const file = await fileOf(c, c.req.valid("json"));
    const keyed = await keyedRequest(c, { file, reason });
    const rows = typeof file === "string" ? readCountFile(file) : readCountList(file);
    const results = await importCounts(c.var.deps, keyed, { rows, reason, dryRun: dryRun === "true" });
    return c.json(toCountReportJson(results, dryRun === "true"), 200);
  })
  .openapi(contract.exportCounts, async (c) => {
    const { limit, cursor, warehouse_id: warehouseId } = c.req.valid("query");
    if (wantsCsv(c)) return answerCsv(c, "stock.csv", COUNT_COLUMNS, cellsOf(exportCounts(c.var.deps, warehouseId)));
    const { counts, next } = await listCounts(c.var.deps, { after: readCursor(cursor, keySchema), warehouseId, limit });
    return c.json({ counts: counts.map(toCountJson), next_cursor: next && toCursor([...next]) }, 200);
  });

/**
 * The list of a JSON body, which has been validated, or else the text of a CSV file, which has not been read.
 * @throws Refusal `validation_failed` for JSON without a list; as `readText`
 */
async function fileOf(c: AppContext, body: string | { counts?: unknown[] | undefined }): Promise<string | unknown[]> {
  const isJson = /^application\/json\b/i.test(c.req.header("Content-Type") ?? "");
  if (!isJson) return (await readText(c, contract.MAX_COUNT_BYTES, ["text/csv"])).text;
  if (typeof body === "string" || !body.counts) throw invalidField("counts", "is required");
  return body.counts;
}

async function* cellsOf(batches: AsyncIterable<ListedCount[]>) {
  for await (const counts of batches) yield counts.map(toCountCells);
}
