import type { LineNeed } from "../../pricing/rules/lines.ts";
import type { Allocation } from "../../stock/rules/allocate.ts";
import type { UnitCut } from "../../stock/rules/shortage-messages.ts";
import type { LineAllocation } from "./order.ts";

/**
 * Distributes the allocations of each variant over the lines that need it, in the order of both lists. Several lines may need a variant:
 * by itself and inside bundles.
 * @throws Error when the allocations are not exactly the needs, which would be a bug of the objects
 */
export function shareOut(needs: readonly LineNeed[], allocations: readonly Allocation[]): LineAllocation[] {
  const left = allocations.map((allocation) => ({ ...allocation }));
  const shared = needs.flatMap((need) => takeFor(need, left));
  if (left.some(({ quantity }) => quantity > 0)) throw new Error("more was allocated than the lines need");
  return shared;
}

function takeFor(need: LineNeed, left: Allocation[]): LineAllocation[] {
  const taken: LineAllocation[] = [];
  let missing = need.quantity;
  for (const allocation of left) {
    const quantity = allocation.variantId === need.variantId ? Math.min(missing, allocation.quantity) : 0;
    if (quantity === 0) continue;
    allocation.quantity -= quantity;
    missing -= quantity;
    taken.push({ ...need, warehouseId: allocation.warehouseId, quantity, shipped: 0, cancelled: 0, short: 0 });
  }
  if (missing > 0) throw new Error("less was allocated than the lines need");
  return taken;
}

/**
 * What the lines of an order need, from what supplied them once: the inverse of `shareOut`, without warehouses and without what was
 * cancelled meanwhile.
 */
export function needsOf(allocations: readonly LineAllocation[]): LineNeed[] {
  const needs = new Map<string, LineNeed>();
  for (const { lineNo, productId, variantId, quantity, cancelled } of allocations) {
    const wanted = quantity - cancelled;
    const key = JSON.stringify([lineNo, variantId]);
    const known = needs.get(key);
    if (known) known.quantity += wanted;
    else if (wanted > 0) needs.set(key, { lineNo, productId, variantId, quantity: wanted });
  }
  return [...needs.values()];
}

/** Distributes new allocations over the lines of an order that needs them again. What was cancelled of a line stays a part of it. */
export function shareAgain(before: readonly LineAllocation[], allocations: readonly Allocation[]): LineAllocation[] {
  const shared = shareOut(needsOf(before), allocations);
  for (const { cancelled, ...place } of before.filter((each) => each.cancelled > 0)) {
    const isSameLine = (each: LineAllocation) => each.lineNo === place.lineNo && each.variantId === place.variantId;
    const target = shared.find((each) => isSameLine(each) && each.warehouseId === place.warehouseId) ?? shared.find(isSameLine);
    if (target) Object.assign(target, { quantity: target.quantity + cancelled, cancelled: target.cancelled + cancelled });
    else shared.push({ ...place, quantity: cancelled, shipped: 0, cancelled, short: 0 });
  }
  return shared;
}

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
