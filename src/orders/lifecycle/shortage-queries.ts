import { sql } from "drizzle-orm";
import { type Query, row, rows, write } from "../../db/client.ts";
import type { Place } from "../../stock/rules/levels.ts";
import type { OrderUnits, PromisedUnits, ShortageQuestion } from "../../stock/rules/shortage-messages.ts";
import type { CuttableUnits } from "../rules/share.ts";
import { shortages } from "../history-tables.ts";
import { orderAllocations, orders } from "../tables.ts";

/** Units of open orders in a place that could leave, with the orders as `o`. */
function promised({ variantId, warehouseId }: Place) {
  return sql`${orders} o CROSS JOIN ${orderAllocations} a ON a.order_id = o.order_id
    WHERE o.status IN ('PENDING', 'PROCESSING') AND a.variant_id = ${variantId} AND a.warehouse_id = ${warehouseId}
      AND a.quantity > a.shipped + a.cancelled + a.short`;
}

/** Finds the open orders that units of a place are promised to, oldest first. It reads all open orders, of which a shop has few. */
export function findPromised(place: Place, limit: number): Query<PromisedUnits> {
  const found = rows<{ orderId: string; quantity: number; count: number }>(sql`
    SELECT o.order_id AS "orderId", sum(a.quantity - a.shipped - a.cancelled - a.short) AS "quantity", count(*) OVER () AS "count"
    FROM ${promised(place)} GROUP BY o.created_at_ms, o.order_id ORDER BY o.created_at_ms, o.order_id LIMIT ${limit}`);
  return {
    statement: found.statement,
    read: (result) => {
      const listed = found.read(result);
      return { orders: listed.map(({ orderId, quantity }) => ({ orderId, quantity })), count: listed[0]?.count ?? 0 };
    },
  };
}

/** Finds what could be cut from open orders in a place, the newest first. */
export function findCuttable(place: Place, limit: number): Query<CuttableUnits[]> {
  return rows(sql`
    SELECT o.order_id AS "orderId", o.hold_id AS "holdId", a.line_no AS "lineNo",
      a.quantity - a.shipped - a.cancelled - a.short AS "quantity"
    FROM ${promised(place)} ORDER BY o.created_at_ms DESC, o.order_id DESC, a.line_no DESC LIMIT ${limit}`);
}

/** What was decided about a question; `undefined` before that. */
export function findCuts(shortageId: string): Query<CuttableUnits[] | undefined> {
  const found = row<{ cuts: string }>(sql`SELECT cuts FROM ${shortages} WHERE shortage_id = ${shortageId}`);
  return {
    statement: found.statement,
    read: (result) => {
      const decided = found.read(result);
      return decided && (JSON.parse(decided.cuts) as CuttableUnits[]);
    },
  };
}

/** Sums by order what the questions of one change by hand have cut. */
export function findCutBy(referenceId: string): Query<OrderUnits[]> {
  return rows(sql`
    SELECT cut.value->>'orderId' AS "orderId", sum(cut.value->>'quantity') AS "quantity"
    FROM ${shortages} s CROSS JOIN json_each(s.cuts) cut
    WHERE s.shortage_id > ${`${referenceId}/`} AND s.shortage_id < ${`${referenceId}0`}
    GROUP BY cut.value->>'orderId' ORDER BY min(s.shortage_id || cut.key)`);
}

/**
 * Records whose units are cut, once per question. Where an order is no longer open, or has another hold, `cuts` becomes NULL, so that NOT
 * NULL fails the whole batch; where less of it is left, the CHECK of the allocations does.
 */
export function recordCuts(
  productId: string,
  { shortageId, variantId, warehouseId, units, actor }: ShortageQuestion,
  cuts: readonly CuttableUnits[],
  nowMs: number,
): Query<number>[] {
  const at = sql`CAST(${nowMs} AS INTEGER)`;
  const json = JSON.stringify(cuts);
  const given = sql`json_each(${json}) AS cut`;
  const open = sql`${given} CROSS JOIN ${orders} o ON o.order_id = cut.value->>'orderId' AND o.hold_id = cut.value->>'holdId'
    AND o.status IN ('PENDING', 'PROCESSING')`;
  return [
    write(sql`
      INSERT INTO ${shortages} (shortage_id, product_id, variant_id, warehouse_id, quantity, cuts, actor, at_ms)
      VALUES (${shortageId}, ${productId}, ${variantId}, ${warehouseId}, ${units},
        iif((SELECT count(*) FROM ${open}) = ${cuts.length}, ${json}, NULL), ${actor}, ${at})`),
    write(sql`
      UPDATE ${orderAllocations} SET short = short + (cut.value->>'quantity') FROM ${given}
      WHERE order_id = cut.value->>'orderId' AND line_no = cut.value->>'lineNo' AND variant_id = ${variantId}
        AND warehouse_id = ${warehouseId}`),
    write(sql`
      UPDATE ${orders} SET stock_short = 1, updated_at_ms = max(${at}, updated_at_ms + 1)
      WHERE order_id IN (SELECT cut.value->>'orderId' FROM ${given})`),
  ];
}
