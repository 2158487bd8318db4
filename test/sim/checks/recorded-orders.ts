import type { Bound } from "../platform/d1.ts";
import type { Maker } from "../platform/object-instances.ts";
import type { Sql } from "../platform/sql.ts";
import { report, type World } from "../engine/scheduler.ts";

/** What an order has in one place of one product. */
interface Allocated {
  holdId: string;
  productId: string;
  variantId: string;
  warehouseId: string;
  units: number;
}

const RECORDS = /INSERT INTO "orders"/;
const REVIVES = /UPDATE "orders" SET\s+status = iif\(status = 'EXPIRED'/;

/**
 * At the moment in which D1 records an order, its units have to stand under the hold that its row names: whatever is done with the order
 * from then on counts on them. So it is found at once where something is sold that nobody holds.
 */
export function checkRecorded(world: World, d1: Sql, { hosts }: Pick<Maker, "hosts">, statements: readonly Bound[]): void {
  for (const { text, bindings } of statements) {
    const orderId = RECORDS.test(text) ? bindings[0] : REVIVES.test(text) ? bindings.at(-1) : undefined;
    if (orderId === undefined) continue;
    const all = allocationsOf(d1, orderId);
    if (all.length === 0) report(world, `D1 records ${JSON.stringify(orderId)} without any units`);
    for (const allocated of all) {
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
      report(
        world,
        `D1 records ${holdId.split(".")[0]} with ${units} ${variantId} of ${warehouseId}, of which its hold ${holdId} has ${held}`,
      );
    }
  }
}

function allocationsOf(d1: Sql, orderId: unknown): Allocated[] {
  const found = d1.run(
    `SELECT hold_id AS holdId, product_id AS productId, variant_id AS variantId, warehouse_id AS warehouseId, sum(quantity) AS units
     FROM orders JOIN order_allocations USING (order_id) WHERE order_id = ? GROUP BY 2, 3, 4`,
    [orderId],
  );
  return found.rows as unknown as Allocated[];
}
