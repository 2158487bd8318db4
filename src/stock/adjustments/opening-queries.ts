import { sql } from "drizzle-orm";
import { openingStock } from "../../catalog/import-tables.ts";
import { type Query, rows, write } from "../../db/client.ts";
import { warehouses } from "../../warehouses/tables.ts";
import { stockLevels } from "../tables.ts";

/** Opening stock that an import owes a variant in a warehouse. */
export interface OwedOpening {
  productId: string;
  variantId: string;
  warehouseId: string;
  quantity: number;
  importId: string;
  actor: string;
  requestId: string | null;
}

const OWED =
  sql.raw(`product_id AS "productId", variant_id AS "variantId", warehouse_id AS "warehouseId", quantity, import_id AS "importId",
  actor, request_id AS "requestId"`);

/** Finds opening stock that is owed, oldest first. */
export function findOwed(limit: number): Query<OwedOpening[]> {
  return rows(sql`SELECT ${OWED} FROM ${openingStock} WHERE found_on_hand IS NULL ORDER BY at_ms, product_id LIMIT ${limit}`);
}

/** Finds the opening stock that is owed to one product. */
export function findOwedTo(productId: string): Query<OwedOpening[]> {
  return rows(sql`SELECT ${OWED} FROM ${openingStock} WHERE found_on_hand IS NULL AND product_id = ${productId}`);
}

/** Where, and of which import: a later one may have said other units meanwhile, which are still owed. */
type Settled = Pick<OwedOpening, "variantId" | "warehouseId" | "importId">;

/** Ends what objects have received. */
export function endReceived(received: readonly Settled[]): Query<number> {
  return write(sql`
    DELETE FROM ${openingStock} WHERE (variant_id, warehouse_id, import_id) IN (
      SELECT value->>'variantId', value->>'warehouseId', value->>'importId' FROM json_each(${JSON.stringify(received)}))`);
}

/** Ends what objects have not received, because there had been movements. */
export function endKept(kept: readonly (Settled & { onHand: number })[]): Query<number> {
  return write(sql`
    UPDATE ${openingStock} SET found_on_hand = w.value->>'onHand' FROM json_each(${JSON.stringify(kept)}) w
    WHERE variant_id = w.value->>'variantId' AND warehouse_id = w.value->>'warehouseId' AND import_id = w.value->>'importId'`);
}

/** Moves what failed to the end of the queue, so that it does not block the rest. */
export function postponeOwed(failed: readonly Settled[], nowMs: number): Query<number> {
  return write(sql`
    UPDATE ${openingStock} SET at_ms = ${nowMs} FROM json_each(${JSON.stringify(failed)}) w
    WHERE variant_id = w.value->>'variantId' AND warehouse_id = w.value->>'warehouseId' AND found_on_hand IS NULL`);
}

/** Finds the active warehouses, in their order. */
export function findActiveWarehouses(): Query<{ warehouseId: string }[]> {
  return rows(
    sql`SELECT warehouse_id AS "warehouseId" FROM ${warehouses} WHERE status = 'active' ORDER BY position, warehouse_id`,
  );
}

/** Finds what variants of products have in a warehouse, or in all active ones together. Only variants that have had a movement there. */
export function findUnits(
  productIds: readonly string[],
  warehouseId: string | undefined,
): Query<{ variantId: string; onHand: number; available: number }[]> {
  const places =
    warehouseId === undefined
      ? sql`l.warehouse_id IN (SELECT warehouse_id FROM ${warehouses} WHERE status = 'active')`
      : sql`l.warehouse_id = ${warehouseId}`;
  return rows(sql`
    SELECT l.variant_id AS "variantId", sum(l.on_hand) AS "onHand", sum(l.on_hand - l.reserved - l.allocated) AS "available"
    FROM json_each(${JSON.stringify(productIds)}) w CROSS JOIN ${stockLevels} l ON l.product_id = w.value
    WHERE ${places} GROUP BY l.variant_id`);
}
