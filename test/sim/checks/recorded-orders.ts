import type { BoundStatement } from "../platform/d1.ts";
import type { ObjectRuntime } from "../platform/object-instances.ts";
import type { Sql } from "../platform/sql.ts";
import { reportFinding, type Scheduler } from "../engine/scheduler.ts";

/** The units of an order in one warehouse, of one variant. */
interface Allocated {
  holdId: string;
  productId: string;
  variantId: string;
  warehouseId: string;
  units: number;
}

const RECORDS = /INSERT INTO "orders"/;
const REVIVES = /UPDATE "orders" SET\s+status = iif\(status IN \('CANCELLED', 'EXPIRED'\)/;

/**
 * Checks each batch that records an order: at that moment its units must be held under the hold id in its row, because every later step
 * relies on them. This finds an order that sells units nobody holds at the step where it happens.
 */
export function checkRecorded(
  scheduler: Scheduler,
  d1: Sql,
  { hosts }: Pick<ObjectRuntime, "hosts">,
  statements: readonly BoundStatement[],
): void {
  for (const { text, bindings } of statements) {
    const orderId = RECORDS.test(text) ? bindings[0] : REVIVES.test(text) ? bindings.at(-1) : undefined;
    if (orderId === undefined) continue;
    const allocations = allocationsOf(d1, orderId);
    if (allocations.length === 0) reportFinding(scheduler, `D1 records ${JSON.stringify(orderId)} without allocations`);
    for (const allocated of allocations) {
      const { holdId, productId, variantId, warehouseId, units } = allocated;
      const rows = hosts
        .get(productId)
        ?.sql.run("SELECT quantity FROM holds WHERE hold_id = ? AND variant_id = ? AND warehouse_id = ?", [
          holdId,
          variantId,
          warehouseId,
        ]).rows;
      const held = Number(rows?.[0]?.quantity ?? 0);
      if (held === units) continue;
      reportFinding(
        scheduler,
        `D1 records ${holdId.split(".")[0]} with ${units} ${variantId} in ${warehouseId}, but its hold ${holdId} has ${held}`,
      );
    }
  }
}

function allocationsOf(d1: Sql, orderId: unknown): Allocated[] {
  const { rows } = d1.run(
    `SELECT hold_id AS holdId, product_id AS productId, variant_id AS variantId, warehouse_id AS warehouseId, sum(quantity - cancelled) AS units
     FROM orders JOIN order_allocations USING (order_id) WHERE order_id = ? GROUP BY 2, 3, 4`,
    [orderId],
  );
  return rows as unknown as Allocated[];
}
