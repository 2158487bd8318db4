import type { LineNeed } from "../../pricing/rules/lines.ts";
import type { Allocation } from "../../stock/rules/allocate.ts";
import type { UnitCut } from "../../stock/rules/shortage-messages.ts";
import type { PendingLine } from "../../stock/rules/pending-action.ts";
import type { LineAllocation, Order } from "./order.ts";
import { isSameUnits, type ShippedUnits, shortUnits } from "./shipping.ts";
import { isOpen } from "./statuses.ts";

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

/** Units of a line that were not on the shelf of a warehouse, and the warehouse that is to supply them. */
export interface FillLine extends ShippedUnits {
  to: string;
}

/** What an order that is short needs, from the warehouses that were to supply it, or all from another. */
export function decideFill(order: Pick<Order, "status" | "allocations">, from: string | undefined): FillLine[] {
  return shortUnits(order).map((units) => ({ ...units, to: from ?? units.warehouseId }));
}

/** An order after it got units, and what it got and needs no longer. */
export interface Filled {
  order: Order;
  /** By place, of the order. */
  used: FillLine[];
  /** For the objects: units to be freed again. */
  excess: PendingLine[];
}

/**
 * Gives units to the lines that need them, as far as they still do: some may have been cancelled meanwhile.
 * @param taken what the objects allocated, each place once
 */
export function afterFill(order: Order, holdId: string, lines: readonly FillLine[], taken: readonly PendingLine[]): Filled {
  const left = taken.map((each) => ({ ...each }));
  const allocations = order.allocations.map((each) => ({ ...each }));
  const isTheirs = isOpen(order.status) && order.holdId === holdId;
  const used = (isTheirs ? lines : []).flatMap((line): FillLine[] => {
    const got = left.find((each) => each.variantId === line.variantId && each.warehouseId === line.to);
    const row = allocations.find((each) => isSameUnits(each, line));
    const quantity = Math.min(line.quantity, got?.quantity ?? 0, row?.short ?? 0);
    if (!got || !row || quantity === 0) return [];
    got.quantity -= quantity;
    row.short -= quantity;
    row.quantity -= quantity;
    const target = allocations.find((each) => isSameUnits(each, { ...line, warehouseId: line.to }));
    if (target) target.quantity += quantity;
    else allocations.push({ ...row, warehouseId: line.to, quantity, shipped: 0, cancelled: 0, short: 0 });
    return [{ ...line, quantity }];
  });
  const stockShort = allocations.some(({ short }) => short > 0);
  const after = { ...order, allocations: allocations.filter(({ quantity }) => quantity > 0), stockShort: isTheirs && stockShort };
  return { order: after, used, excess: left.filter(({ quantity }) => quantity > 0) };
}
