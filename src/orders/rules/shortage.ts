import type { UnitCut } from "../../stock/rules/shortage-messages.ts";

/** What an order has of a variant in a warehouse on one line, and that could leave. */
export interface CuttableUnits extends UnitCut {
  orderId: string;
  lineNo: number;
}

/**
 * Decides which orders lose units that are not on the shelf: the newest first, each as much as is still missing (O11).
 * @param units of open orders, the newest order first
 */
export function decideCuts(units: readonly CuttableUnits[], missing: number): CuttableUnits[] {
  const cuts: CuttableUnits[] = [];
  let rest = missing;
  for (const each of units) {
    const quantity = Math.min(rest, each.quantity);
    if (quantity > 0) cuts.push({ ...each, quantity });
    rest -= quantity;
  }
  return cuts;
}
