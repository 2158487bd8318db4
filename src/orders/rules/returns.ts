import type { LineAllocation, Order } from "./order.ts";
import { isAllGone, shippedOf } from "./shipping.ts";
import { isOpen } from "./statuses.ts";
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

/** What bounds a return besides what has left. */
interface ReturnTerms {
  /** The warehouse that has the goods; `undefined` for those that supplied them. */
  to?: string | undefined;
  /** The most units of each variant; none of those that are not named. */
  most?: ReadonlyMap<string, number>;
}

export type ReturnDecision = { units: ReturnedUnits[]; isEverything: boolean } | { refused: NotReturnable[] };

/**
 * Units from one warehouse that have not come back yet, wherever to. Units of a variant that was bought by itself and in a bundle cannot
 * be told apart, so they count together.
 */
type Outstanding = LineAllocation;

/**
 * Decides a return: at most what has left and did not come back yet. A bundle is returned as its components. All lines or none.
 * @returns the units by place, and whether every unit of the order has come back
 */
export function decideReturn(
  order: Pick<Order, "status" | "items" | "allocations">,
  past: readonly ReturnedUnits[],
  wanted: readonly WantedReturn[],
  { to, most }: ReturnTerms = {},
): ReturnDecision {
  const all = outstanding(order, past);
  const left = atMost(all, most ?? byVariant(all));
  const units: ReturnedUnits[] = [];
  const refused: NotReturnable[] = [];
  for (const [index, want] of wanted.entries()) {
    const returnable = mostOf(order, left, want);
    if (want.quantity <= returnable) units.push(...take(order, left, want, to));
    else {
      const variantId = want.variantId ?? null;
      refused.push({ index, productId: want.productId, variantId, requested: want.quantity, returnable });
    }
  }
  if (refused.length > 0) return { refused };
  const isEverything = (!isOpen(order.status) || isAllGone(order)) && sumOf(all) === sumOf(units);
  return { units: merge(units), isEverything };
}

/** What of an order can come back, by variant. */
export function returnableOf(order: Pick<Order, "status" | "allocations">, past: readonly ReturnedUnits[]): Map<string, number> {
  return byVariant(outstanding(order, past));
}

/** The units of which wanted lines consist, by variant. */
export function unitsOf(
  order: Pick<Order, "items" | "allocations">,
  wanted: readonly Omit<WantedReturn, "condition">[],
): Map<string, number> {
  return byVariant(
    wanted.flatMap((want) =>
      partsOf(order, want).map(({ variantId, perUnit }) => ({ variantId, quantity: want.quantity * perUnit })),
    ),
  );
}

/** Sums units by their variant. */
export function byVariant(units: readonly { variantId: string; quantity: number }[]): Map<string, number> {
  const sums = new Map<string, number>();
  for (const { variantId, quantity } of units) sums.set(variantId, (sums.get(variantId) ?? 0) + quantity);
  return sums;
}

/** Copies, with at most so many units of each variant. */
function atMost(all: readonly Outstanding[], most: ReadonlyMap<string, number>): Outstanding[] {
  const allowed = new Map(most);
  return all.map((each) => {
    const quantity = Math.min(each.quantity, Math.max(0, allowed.get(each.variantId) ?? 0));
    allowed.set(each.variantId, (allowed.get(each.variantId) ?? 0) - quantity);
    return { ...each, quantity };
  });
}

function sumOf(units: readonly { quantity: number }[]): number {
  return units.reduce((sum, { quantity }) => sum + quantity, 0);
}

/**
 * What has left and has not come back. Units that another warehouse than their own received come off the others in their order, so that
 * no unit comes back twice.
 */
function outstanding(order: Pick<Order, "status" | "allocations">, past: readonly ReturnedUnits[]): Outstanding[] {
  const left = order.allocations.map((allocation) => ({ ...allocation, quantity: shippedOf(order, allocation) }));
  const elsewhere = past.map(({ variantId, warehouseId, quantity }) => {
    const own = left.filter((each) => each.variantId === variantId && each.warehouseId === warehouseId);
    return { variantId, quantity: takeOff(own, quantity) };
  });
  for (const { variantId, quantity } of elsewhere) takeOff(ofVariant(left, variantId), quantity);
  return left;
}

function ofVariant(left: readonly Outstanding[], variantId: string): Outstanding[] {
  return left.filter((each) => each.variantId === variantId);
}

/** Takes units off one place after the other. @returns how many were not there */
function takeOff(left: readonly Outstanding[], quantity: number): number {
  let missing = quantity;
  for (const each of left) {
    const taken = Math.min(missing, each.quantity);
    each.quantity -= taken;
    missing -= taken;
  }
  return missing;
}

/** The parts of one returned unit: itself, or a bundle's components. */
interface Part {
  variantId: string;
  perUnit: number;
}

function partsOf({ items, allocations }: Pick<Order, "items" | "allocations">, want: Omit<WantedReturn, "condition">): Part[] {
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

/** Whether a line or an allocation is what is wanted. */
export function names(
  unit: { productId: string; variantId: string },
  { productId, variantId }: Omit<WantedReturn, "condition">,
): boolean {
  return unit.productId === productId && (variantId === undefined || unit.variantId === variantId);
}

function mostOf(order: Pick<Order, "items" | "allocations">, left: readonly Outstanding[], want: WantedReturn): number {
  const most = partsOf(order, want).map((part) => {
    return Math.floor(sumOf(ofVariant(left, part.variantId)) / part.perUnit);
  });
  return most.length > 0 ? Math.min(...most) : 0;
}

function take(
  order: Pick<Order, "items" | "allocations">,
  left: readonly Outstanding[],
  want: WantedReturn,
  to: string | undefined,
): ReturnedUnits[] {
  return partsOf(order, want).flatMap((part) => {
    let missing = want.quantity * part.perUnit;
    return ofVariant(left, part.variantId).flatMap((each) => {
      const quantity = Math.min(missing, each.quantity);
      missing -= quantity;
      each.quantity -= quantity;
      const { productId, variantId, warehouseId } = each;
      return quantity > 0 ? [{ productId, variantId, warehouseId: to ?? warehouseId, quantity, condition: want.condition }] : [];
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
