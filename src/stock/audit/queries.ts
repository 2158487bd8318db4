import { sql } from "drizzle-orm";
import { products } from "../../catalog/tables.ts";
import { type Query, row, rows, write } from "../../db/client.ts";
import type { Place } from "../rules/levels.ts";
import type { ProjectedStock } from "../rules/audit.ts";
import { productStock } from "../list-tables.ts";
import { stockAudits, stockLevels, stockMovements } from "../tables.ts";

/** A product in the order of the catalogue's rows. */
export interface CatalogueRow {
  rowNo: number;
  productId: string;
  isBundle: 0 | 1;
}

/** The next products after a row, bundles included: they are skipped later, but count as progress. */
export function findNextProducts(afterRow: number, limit: number): Query<CatalogueRow[]> {
  return rows(sql`
    SELECT rowid AS "rowNo", product_id AS "productId", is_bundle AS "isBundle"
    FROM ${products} WHERE rowid > CAST(${afterRow} AS INTEGER) ORDER BY rowid LIMIT ${limit}`);
}

/** The row of the newest product; products are never deleted, so it is their number. */
export function findLastRow(): Query<{ rowNo: number } | undefined> {
  return row(sql`SELECT coalesce(max(rowid), 0) AS "rowNo" FROM ${products}`);
}

/** Reads the projection of some products, in one statement. @param wanted `upToSeq` is the last movement that D1 was sent */
export function findProjected(wanted: readonly { productId: string; upToSeq: number }[]): Query<ProjectedStock[]> {
  const product = sql`w.value->>'productId'`;
  const found = rows<{ productId: string; levels: string; movements: string; sums: string | null }>(sql`
    SELECT ${product} AS "productId",
      (SELECT json_group_array(json_object('variantId', variant_id, 'warehouseId', warehouse_id, 'onHand', on_hand,
        'reserved', reserved, 'allocated', allocated, 'version', version)) FROM ${stockLevels} l WHERE l.product_id = ${product}) AS levels,
      (SELECT json_object('count', count(*) FILTER (WHERE seq <= w.value->>'upToSeq'),
        'units', coalesce(sum(delta_on_hand) FILTER (WHERE seq <= w.value->>'upToSeq'), 0),
        'newestSeq', coalesce(max(seq), 0)) FROM ${stockMovements} m WHERE m.product_id = ${product}) AS movements,
      (SELECT json_object('onHand', on_hand, 'reserved', reserved, 'allocated', allocated) FROM ${productStock} s WHERE s.product_id = ${product}) AS sums
    FROM json_each(${JSON.stringify(wanted)}) w`);
  return {
    statement: found.statement,
    read: (result) =>
      found.read(result).map(({ productId, levels, movements, sums }) => {
        const { newestSeq, ...told } = JSON.parse(movements) as ProjectedStock["told"] & { newestSeq: number };
        return { productId, levels: JSON.parse(levels), told, newestSeq, sums: sums === null ? null : JSON.parse(sums) };
      }),
  };
}

/** Deletes wrong levels from the projection; their objects send them again. */
export function deleteLevels(places: readonly (Place & { productId: string })[]): Query<number> {
  return write(sql`
    DELETE FROM ${stockLevels} WHERE (product_id, variant_id, warehouse_id) IN (
      SELECT value->>'productId', value->>'variantId', value->>'warehouseId' FROM json_each(${JSON.stringify(places)}))`);
}

/** Deletes all movements of some products from the projection; their objects send them again. */
export function deleteMovements(productIds: readonly string[]): Query<number> {
  return write(sql`
    DELETE FROM ${stockMovements} WHERE product_id IN (SELECT value FROM json_each(${JSON.stringify(productIds)}))`);
}

/** The progress of the nightly audit. */
export interface AuditState {
  /** 0 before the first product, and when all have been audited. */
  lastRow: number;
  checked: number;
  differing: number;
  startedAtMs: number;
  updatedAtMs: number;
}

export function findAuditState(auditId: string): Query<AuditState | undefined> {
  return row(sql`
    SELECT last_row AS "lastRow", checked, differing, started_at_ms AS "startedAtMs", updated_at_ms AS "updatedAtMs"
    FROM ${stockAudits} WHERE audit_id = ${auditId}`);
}

export function saveAuditState(auditId: string, { lastRow, checked, differing, ...times }: AuditState): Query<number> {
  return write(sql`
    INSERT OR REPLACE INTO ${stockAudits} (audit_id, last_row, checked, differing, started_at_ms, updated_at_ms)
    VALUES (${auditId}, ${lastRow}, ${checked}, ${differing}, ${times.startedAtMs}, ${times.updatedAtMs})`);
}
