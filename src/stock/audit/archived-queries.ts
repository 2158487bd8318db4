import { sql } from "drizzle-orm";
import { type Query, write } from "../../db/client.ts";
import { alerts } from "../../events/tables.ts";
import { warehouses } from "../../warehouses/tables.ts";
import { inventorySummary } from "../list-tables.ts";

/** The archived warehouses with units, from the sums by warehouse: one row each is read. */
const STOCKED = sql`
  SELECT w.warehouse_id, w.name, s.units FROM ${warehouses} w
  CROSS JOIN ${inventorySummary} s ON s.scope = 'warehouse' AND s.name = w.warehouse_id
  WHERE w.status = 'archived' AND s.units > 0`;

/** Opens an alert for each archived warehouse with units, and closes those of the others. */
export function alertArchived(nowMs: number): Query<number>[] {
  return [
    write(sql`
      INSERT OR IGNORE INTO ${alerts} (opened_at_ms, alert_id, kind, subject, details)
      SELECT CAST(${nowMs} AS INTEGER), 'stock_in_archived_warehouse:' || warehouse_id, 'stock_in_archived_warehouse', warehouse_id,
        json_object('warehouse_id', warehouse_id, 'name', name, 'units', units)
      FROM (${STOCKED}) WHERE true`),
    write(sql`
      UPDATE ${alerts} SET closed_at_ms = CAST(${nowMs} AS INTEGER)
      WHERE subject IN (SELECT warehouse_id FROM ${warehouses}) AND kind = 'stock_in_archived_warehouse' AND closed_at_ms IS NULL
        AND subject NOT IN (SELECT warehouse_id FROM (${STOCKED}))`),
  ];
}
