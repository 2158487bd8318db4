import { sql } from "drizzle-orm";
import { type Query, row, rows, write } from "../../db/client.ts";
import { catalogImports, openingStock, staleProducts } from "../import-tables.ts";

/** How far an import has come. */
export interface ImportProgress {
  atMs: number;
  rows: number;
  rowsDone: number;
  stale: number;
  /** Of the stale products, those whose figures are not computed yet. */
  staleLeft: number;
  /** The warehouse of the file's quantities; null where it has none. */
  warehouseId: string | null;
  /** Variants whose opening stock was to be received, those whose is not yet, and those that had movements by then. */
  stock: number;
  stockLeft: number;
  stockFound: number;
  /** Variants that had stock when the file came. */
  stockKept: number;
}

/** A chunk of an import. */
export interface ImportedChunk {
  importId: string;
  /** Rows of the whole import that can be written, and those of the chunk. */
  rows: number;
  chunkRows: number;
  /** Products of the chunk whose figures in lists have to be computed anew. */
  stale: readonly string[];
  warehouseId: string | undefined;
  /** Variants whose opening stock is owed, and those that had stock. */
  stock: number;
  stockKept: number;
}

/** Records a chunk and what it makes stale, for the batch that writes it: what lists show is owed from then on. */
export function recordChunk(chunk: ImportedChunk, nowMs: number): Query<number>[] {
  const { importId, rows: all, chunkRows, stale, warehouseId = null, stock, stockKept } = chunk;
  const ids = JSON.stringify([...new Set(stale)]);
  const record = write(sql`
    INSERT INTO ${catalogImports} (import_id, at_ms, rows, rows_done, stale, warehouse_id, stock, stock_kept)
    VALUES (${importId}, ${nowMs}, ${all}, ${chunkRows}, json_array_length(${ids}), ${warehouseId}, ${stock}, ${stockKept})
    ON CONFLICT DO UPDATE SET rows_done = rows_done + excluded.rows_done, stale = stale + excluded.stale,
      stock = stock + excluded.stock, stock_kept = stock_kept + excluded.stock_kept`);
  if (stale.length === 0) return [record];
  const owe = write(sql`
    INSERT INTO ${staleProducts} (product_id, import_id) SELECT value, ${importId} FROM json_each(${ids}) WHERE true
    ON CONFLICT DO UPDATE SET import_id = excluded.import_id`);
  return [record, owe];
}

/** Reads how far an import has come. */
export function findImport(importId: string): Query<ImportProgress | undefined> {
  return row(sql`
    SELECT at_ms AS "atMs", "rows", rows_done AS "rowsDone", stale,
      (SELECT count(*) FROM ${staleProducts} s WHERE s.import_id = i.import_id) AS "staleLeft",
      warehouse_id AS "warehouseId", stock, stock_kept AS "stockKept",
      (SELECT count(*) FROM ${openingStock} o WHERE o.import_id = i.import_id AND o.found_on_hand IS NULL) AS "stockLeft",
      (SELECT count(*) FROM ${openingStock} o WHERE o.import_id = i.import_id AND o.found_on_hand IS NOT NULL) AS "stockFound"
    FROM ${catalogImports} i WHERE import_id = ${importId}`);
}

/** Finds products whose figures in lists have to be computed anew. */
export function findStale(limit: number): Query<{ productId: string }[]> {
  return rows(sql`SELECT product_id AS "productId" FROM ${staleProducts} ORDER BY product_id LIMIT ${limit}`);
}

/** Marks the figures of products as computed; for the batch that does it. */
export function deleteStale(productIds: readonly string[]): Query<number> {
  return write(sql`
    DELETE FROM ${staleProducts} WHERE product_id IN (SELECT value FROM json_each(${JSON.stringify(productIds)}))`);
}

/** Deletes imports that began before a time, up to a limit. */
export function purgeImports(beforeMs: number, limit: number): Query<number> {
  return write(sql`
    DELETE FROM ${catalogImports} WHERE import_id IN (
      SELECT import_id FROM ${catalogImports} WHERE at_ms < ${beforeMs} ORDER BY at_ms LIMIT ${limit})`);
}
