import { sql } from "drizzle-orm";
import { type Query, row, rows, write } from "../../db/client.ts";
import { imageFiles, products } from "../tables.ts";

/** A file of a product's image. */
export interface FileRow {
  productId: string;
  file: string;
}

/** Notes that a file is about to be put into the bucket, unless it is being deleted. Begins its time without use anew. */
export function noteUpload({ productId, file }: FileRow, atMs: number): Query<number> {
  return write(sql`
    INSERT INTO ${imageFiles} (product_id, file, unused_since_ms)
    SELECT product_id, ${file}, CAST(${atMs} AS INTEGER) FROM ${products} WHERE product_id = ${productId}
    ON CONFLICT DO UPDATE SET unused_since_ms = iif(unused_since_ms IS NULL, NULL, excluded.unused_since_ms) WHERE is_deleting = 0`);
}

/** Whether a file is noted, and whether it is being deleted. */
export function findFile({ productId, file }: FileRow): Query<{ isDeleting: 0 | 1 } | undefined> {
  return row(sql`
    SELECT is_deleting AS "isDeleting" FROM ${imageFiles} WHERE product_id = ${productId} AND file = ${file}`);
}

/** Decides to delete files that no image used for a time; none of them is taken into use after that. */
export function beginDeletion(unusedBeforeMs: number, limit: number): Query<FileRow[]> {
  return rows(sql`
    UPDATE ${imageFiles} SET is_deleting = 1 WHERE (product_id, file) IN (
      SELECT product_id, file FROM ${imageFiles}
      WHERE unused_since_ms IS NOT NULL AND unused_since_ms < CAST(${unusedBeforeMs} AS INTEGER) ORDER BY unused_since_ms LIMIT ${limit}
    ) RETURNING product_id AS "productId", file`);
}

/** Forgets files that are no longer in the bucket. */
export function endDeletion(files: readonly FileRow[]): Query<number> {
  return write(sql`
    DELETE FROM ${imageFiles} WHERE is_deleting = 1 AND (product_id, file) IN (
      SELECT value->>'productId', value->>'file' FROM json_each(${JSON.stringify(files)}))`);
}
