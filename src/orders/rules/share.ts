import type { LineNeed } from "../../pricing/rules/lines.ts";
import type { Allocation } from "../../stock/rules/allocate.ts";
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
    taken.push({ ...need, warehouseId: allocation.warehouseId, quantity, shipped: 0, cancelled: 0 });
  }
  if (missing > 0) throw new Error("less was allocated than the lines need");
  return taken;
}

/** What the lines of an order need, from what supplied them once: the inverse of `shareOut`, without warehouses. */
export function needsOf(allocations: readonly LineAllocation[]): LineNeed[] {
  const needs = new Map<string, LineNeed>();
  for (const { lineNo, productId, variantId, quantity } of allocations) {
    const key = JSON.stringify([lineNo, variantId]);
    const known = needs.get(key);
    if (known) known.quantity += quantity;
    else needs.set(key, { lineNo, productId, variantId, quantity });
  }
  return [...needs.values()];
}
