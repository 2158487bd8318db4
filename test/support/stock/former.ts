import type { StockCalls } from "../../../src/stock/rules/stock-calls.ts";
import { held, reserveRequest, sqlIn, stockWith } from "./stock.ts";

// What objects of earlier releases wrote.

/** A product of which a release before 0.4.0 sold some units: they left the shelf at once. */
export async function soldBefore(units: number, sold: number): Promise<{ productId: string; stock: StockCalls; holdId: string }> {
  const own = await stockWith(units);
  const holdId = await held(own.stock, reserveRequest(sold));
  await sellAsBefore(own.productId, holdId);
  return { ...own, holdId };
}

/** Sells what a hold reserves in the way of a release before 0.4.0. */
export async function sellAsBefore(productId: string, holdId: string): Promise<void> {
  const sale = `
    INSERT INTO movements (kind, variant_id, warehouse_id, delta_on_hand, delta_reserved, on_hand_after, reserved_after, reference_type,
      reference_id, actor, at_ms)
    SELECT 'sale', variant_id, warehouse_id, -quantity, -quantity, on_hand - quantity, reserved - quantity, 'hold', hold_id, 'order', ?
    FROM holds JOIN levels USING (variant_id, warehouse_id) WHERE hold_id = ?`;
  await sqlIn(productId, sale, Date.now(), holdId);
  const level = `
    UPDATE levels SET on_hand = on_hand - quantity, reserved = reserved - quantity, version = version + 1 FROM holds
    WHERE hold_id = ? AND holds.variant_id = levels.variant_id AND holds.warehouse_id = levels.warehouse_id`;
  await sqlIn(productId, level, holdId);
  await sqlIn(productId, "DELETE FROM holds WHERE hold_id = ?", holdId);
}
