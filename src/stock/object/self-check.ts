import { IS_PROJECTED } from "./flush.ts";
import type { Difference, StockReport, TrackedLevel } from "../rules/messages.ts";

/** Reports an object's state for the audit. It reads everything synchronously, so that the parts agree. */
export function reportOn(sql: SqlStorage): Omit<StockReport, "owesFlush"> {
  const levels = sql
    .exec(
      `SELECT variant_id AS "variantId", warehouse_id AS "warehouseId", on_hand AS "onHand", reserved, allocated, version,
         flushed_version AS "flushedVersion" FROM levels`,
    )
    .toArray() as unknown as TrackedLevel[];
  const ledger = sql
    .exec<{ upToSeq: number; count: number; units: number; newestSeq: number }>(
      `SELECT flushed_seq AS "upToSeq", count(seq) FILTER (WHERE seq <= flushed_seq) AS count,
         coalesce(sum(delta_on_hand) FILTER (WHERE seq <= flushed_seq), 0) AS units, coalesce(max(seq), 0) AS "newestSeq"
       FROM flush_state LEFT JOIN movements ON ${IS_PROJECTED}`,
    )
    .one();
  const { newestSeq, ...flushed } = ledger;
  return { differences: findDifferences(sql), levels, told: flushed, newestSeq };
}

/** Finds levels that differ from the sum of their movements, of their holds or of what is allocated to orders. */
export function findDifferences(sql: SqlStorage): Difference[] {
  const differences = sql.exec(`
    WITH ledger AS (
      SELECT variant_id, warehouse_id, sum(delta_on_hand) AS on_hand, sum(delta_reserved) AS reserved,
        sum(delta_allocated) AS allocated FROM movements GROUP BY 1, 2
    ), held AS (SELECT variant_id, warehouse_id, sum(quantity) AS units FROM holds GROUP BY 1, 2),
    sold AS (SELECT variant_id, warehouse_id, sum(quantity) AS units FROM allocations GROUP BY 1, 2),
    places AS (SELECT variant_id, warehouse_id FROM levels UNION SELECT variant_id, warehouse_id FROM ledger
      UNION SELECT variant_id, warehouse_id FROM held UNION SELECT variant_id, warehouse_id FROM sold),
    compared AS (
      SELECT places.variant_id, places.warehouse_id, coalesce(levels.on_hand, 0) AS on_hand, coalesce(levels.reserved, 0) AS reserved,
        coalesce(levels.allocated, 0) AS allocated, coalesce(ledger.on_hand, 0) AS ledger_on_hand,
        coalesce(ledger.reserved, 0) AS ledger_reserved, coalesce(ledger.allocated, 0) AS ledger_allocated,
        coalesce(held.units, 0) AS held, coalesce(sold.units, 0) AS sold
      FROM places LEFT JOIN levels USING (variant_id, warehouse_id) LEFT JOIN ledger USING (variant_id, warehouse_id)
        LEFT JOIN held USING (variant_id, warehouse_id) LEFT JOIN sold USING (variant_id, warehouse_id)
    )
    SELECT 'on_hand' AS what, variant_id AS "variantId", warehouse_id AS "warehouseId", on_hand AS level, ledger_on_hand AS recomputed
      FROM compared WHERE on_hand <> ledger_on_hand
    UNION ALL SELECT 'reserved', variant_id, warehouse_id, reserved, ledger_reserved FROM compared WHERE reserved <> ledger_reserved
    UNION ALL SELECT 'allocated', variant_id, warehouse_id, allocated, ledger_allocated FROM compared WHERE allocated <> ledger_allocated
    UNION ALL SELECT 'holds', variant_id, warehouse_id, reserved, held FROM compared WHERE reserved <> held
    UNION ALL SELECT 'allocations', variant_id, warehouse_id, allocated, sold FROM compared WHERE allocated <> sold`);
  return differences.toArray() as unknown as Difference[];
}
