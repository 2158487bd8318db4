import { sql } from "drizzle-orm";
import { type Query, row, rows, write } from "../../db/client.ts";
import { catalogImports, openingStock } from "../import-tables.ts";
import { variants } from "../tables.ts";

/** Units that an import brings in where a variant never had a movement. */
export interface Opening {
  productId: string;
  variantId: string;
  quantity: number;
}

/** For whom and where they are brought in. */
interface OpeningCause {
  importId: string;
  warehouseId: string;
  actor: string;
  requestId: string | null;
}

/** Adds opening stock for the objects, in the batch of the import (S5); a later import says anew what is not received yet. */
export function addOpenings(openings: readonly Opening[], cause: OpeningCause, nowMs: number): Query<number> {
  return write(sql`
    INSERT INTO ${openingStock} (variant_id, warehouse_id, product_id, quantity, import_id, actor, request_id, at_ms)
    SELECT value->>'variantId', ${cause.warehouseId}, value->>'productId', value->>'quantity', ${cause.importId}, ${cause.actor},
      ${cause.requestId}, CAST(${nowMs} AS INTEGER)
    FROM json_each(${JSON.stringify(openings)}) WHERE true
    ON CONFLICT DO UPDATE SET quantity = excluded.quantity, import_id = excluded.import_id, actor = excluded.actor,
      request_id = excluded.request_id, at_ms = excluded.at_ms, found_on_hand = NULL`);
}

/** The warehouse that an import which has begun receives in. */
export function findImportWarehouse(importId: string): Query<{ warehouseId: string | null } | undefined> {
  return row(sql`SELECT warehouse_id AS "warehouseId" FROM ${catalogImports} WHERE import_id = ${importId}`);
}

/** A variant whose opening stock was not received, because it had movements already. */
export interface KeptOpening {
  sku: string;
  variantId: string;
  quantity: number;
  onHand: number;
}

/** Finds what the objects did not receive of an import, up to a limit. */
export function findKeptOpenings(importId: string, limit: number): Query<KeptOpening[]> {
  return rows(sql`
    SELECT v.sku, s.variant_id AS "variantId", s.quantity, s.found_on_hand AS "onHand"
    FROM ${openingStock} s CROSS JOIN ${variants} v ON v.variant_id = s.variant_id
    WHERE s.import_id = ${importId} AND s.found_on_hand IS NOT NULL ORDER BY s.variant_id LIMIT ${limit}`);
}

/** Deletes what was not received, up to a limit, some time after it was decided. */
export function purgeOpenings(beforeMs: number, limit: number): Query<number> {
  return write(sql`
    DELETE FROM ${openingStock} WHERE (variant_id, warehouse_id) IN (
      SELECT variant_id, warehouse_id FROM ${openingStock} WHERE found_on_hand IS NOT NULL AND at_ms < ${beforeMs} LIMIT ${limit})`);
}
