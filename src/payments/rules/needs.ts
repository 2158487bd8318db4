import type { LineAllocation } from "../../orders/rules/order.ts";
import type { LineNeed } from "../../pricing/rules/lines.ts";

/** What the lines of an order need of the stock, as it was supplied once: the places left out. */
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
