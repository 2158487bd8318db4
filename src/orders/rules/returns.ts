import type { LineAllocation, Order } from "./order.ts";
import { shippedOf, unshippedUnits } from "./shipping.ts";
import type { Condition, ReturnedUnits } from "./timeline.ts";

/** What a request returns: a line of the order, or a component of a bundle's line. */
export interface WantedReturn {
  productId: string;
  variantId?: string | undefined;
  quantity: number;
  condition: Condition;
}

/** A line of a return that exceeds what can be returned. */
export interface NotReturnable {
  index: number;
  productId: string;
  variantId: string | null;
  requested: number;
  returnable: number;
}

export type ReturnDecision = { units: ReturnedUnits[]; isEverything: boolean } | { refused: NotReturnable[] };

/**
 * Units from one warehouse that have not come back yet. Units of a variant that was bought by itself and in a bundle cannot be told
 * apart, so they count together.
 */
type Outstanding = LineAllocation;

/**
 * Decides a return: at most what has left and did not come back yet, to the warehouses that supplied it. A bundle is returned as its
 * components. All lines or none.
 * @returns the units by place, and whether every unit of the order has come back
 */
export function decideReturn(
  order: Pick<Order, "status" | "items" | "allocations">,
  past: readonly ReturnedUnits[],
  wanted: readonly WantedReturn[],
): ReturnDecision {
  const left = outstanding(order, past);
  const units: ReturnedUnits[] = [];
  const refused: NotReturnable[] = [];
  for (const [index, want] of wanted.entries()) {
    const returnable = mostOf(order, left, want);
    if (want.quantity <= returnable) units.push(...take(order, left, want));
    else {
      const variantId = want.variantId ?? null;
      refused.push({ index, productId: want.productId, variantId, requested: want.quantity, returnable });
    }
  }
  if (refused.length > 0) return { refused };
  const isEverything = unshippedUnits(order).length === 0 && left.every(({ quantity }) => quantity === 0);
  return { units: merge(units), isEverything };
}

/** What has left and has not come back. */
function outstanding(order: Pick<Order, "status" | "allocations">, past: readonly ReturnedUnits[]): Outstanding[] {
  const left = order.allocations.map((allocation) => ({ ...allocation, quantity: shippedOf(order, allocation) }));
  for (const { variantId, warehouseId, quantity } of past) {
    let back = quantity;
    for (const each of left.filter((one) => one.variantId === variantId && one.warehouseId === warehouseId)) {
      const taken = Math.min(back, each.quantity);
      each.quantity -= taken;
      back -= taken;
    }
  }
  return left;
}

/** The parts of one returned unit: itself, or a bundle's components. */
interface Part {
  variantId: string;
  perUnit: number;
}

function partsOf({ items, allocations }: Pick<Order, "items" | "allocations">, want: WantedReturn): Part[] {
  const line = items.find((item) => names(item, want));
  const ofLine = line ? allocations.filter(({ lineNo }) => lineNo === line.lineNo) : [];
  if (!line || ofLine.some(({ variantId }) => variantId === line.variantId)) {
    const unit = line ?? allocations.find((allocation) => names(allocation, want));
    return unit ? [{ variantId: unit.variantId, perUnit: 1 }] : [];
  }
  return [...new Set(ofLine.map(({ variantId }) => variantId))].map((variantId) => {
    const units = ofLine.filter((each) => each.variantId === variantId).reduce((sum, each) => sum + each.quantity, 0);
    return { variantId, perUnit: units / line.quantity };
  });
}

function names(unit: { productId: string; variantId: string }, { productId, variantId }: WantedReturn): boolean {
  return unit.productId === productId && (variantId === undefined || unit.variantId === variantId);
}

function mostOf(order: Pick<Order, "items" | "allocations">, left: readonly Outstanding[], want: WantedReturn): number {
  const most = partsOf(order, want).map((part) => {
    const units = left.filter(({ variantId }) => variantId === part.variantId).reduce((sum, each) => sum + each.quantity, 0);
    return Math.floor(units / part.perUnit);
  });
  return most.length > 0 ? Math.min(...most) : 0;
}

function take(order: Pick<Order, "items" | "allocations">, left: readonly Outstanding[], want: WantedReturn): ReturnedUnits[] {
  return partsOf(order, want).flatMap((part) => {
    let missing = want.quantity * part.perUnit;
    return left
      .filter(({ variantId }) => variantId === part.variantId)
      .flatMap((each) => {
        const quantity = Math.min(missing, each.quantity);
        missing -= quantity;
        each.quantity -= quantity;
        const { productId, variantId, warehouseId } = each;
        return quantity > 0 ? [{ productId, variantId, warehouseId, quantity, condition: want.condition }] : [];
      });
  });
}

/** One entry for each variant, warehouse and condition. */
function merge(units: readonly ReturnedUnits[]): ReturnedUnits[] {
  const merged: ReturnedUnits[] = [];
  for (const unit of units) {
    const same = merged.find(
      (each) => each.variantId === unit.variantId && each.warehouseId === unit.warehouseId && each.condition === unit.condition,
    );
    if (same) same.quantity += unit.quantity;
    else merged.push({ ...unit });
  }
  return merged;
}
