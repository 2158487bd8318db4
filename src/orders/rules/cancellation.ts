import { nextUpdateMs } from "./move.ts";
import type { LineAllocation, Order } from "./order.ts";
import { paymentStatusOf } from "./payment-status.ts";
import { creditedByReturns, type ReturnedRow } from "./returned-lines.ts";
import { isAllGone, isSameUnits, linePartsOf, type ShippedUnits, unitsAt } from "./shipping.ts";

/** Units of a line that its customer no longer wants; of a bundle's line, whole bundles. */
export interface WantedCancellation {
  lineNo: number;
  quantity: number;
}

/** A line of a request that exceeds what has not left. */
export interface NotCancellable {
  index: number;
  requested: number;
  cancellable: number;
}

export interface CancelledItems {
  /** By line; each line once. */
  items: WantedCancellation[];
  /** By place. */
  units: CancelledUnits[];
}

/** Units of a line in a place that are cancelled. */
export interface CancelledUnits extends ShippedUnits {
  /** Of these, units that were not on the shelf, so that no object has to free them. */
  fromShort: number;
}

/**
 * Decides which units are cancelled: all that have not left, or those that are named. All of them or none. A bundle is cancelled whole, so of
 * one that has left in part nothing is. Units of the warehouse that was preferred last are cancelled first.
 * @param wanted `undefined` for all that has not left
 */
export function decideCancellation(
  order: Pick<Order, "status" | "items" | "allocations">,
  wanted: readonly WantedCancellation[] | undefined,
): CancelledItems | { refused: NotCancellable[] } {
  const left = order.allocations.flatMap(({ quantity, shipped, cancelled: gone, short, ...place }) =>
    quantity > shipped + gone ? [{ ...place, quantity: quantity - shipped - gone, short }] : [],
  );
  const cancelled: CancelledItems = { items: [], units: [] };
  const refused: NotCancellable[] = [];
  const all = order.items.map(({ lineNo }) => ({ lineNo, quantity: cancellableOf(order, left, lineNo) }));
  for (const [index, { lineNo, quantity }] of (wanted ?? all).entries()) {
    const cancellable = cancellableOf(order, left, lineNo);
    if (quantity > cancellable) refused.push({ index, requested: quantity, cancellable });
    else if (quantity > 0) take(order, left, { lineNo, quantity }, cancelled);
  }
  if (refused.length > 0) return { refused };
  return cancelled.items.length > 0 ? cancelled : { refused: [] };
}

/** The order after some of its units were cancelled; completed where all the others have left. */
export function afterCancellation(
  order: Order,
  { items, units }: CancelledItems,
  returns: readonly ReturnedRow[],
  nowMs: number,
): Order {
  const cancelled: Order = {
    ...order,
    items: order.items.map((item) => ({ ...item, cancelled: item.cancelled + quantityOf(items, item.lineNo) })),
    allocations: order.allocations.map((each) => withCancelled(each, units)),
    updatedAtMs: nextUpdateMs(order, nowMs),
  };
  const after: Order = {
    ...cancelled,
    ...(isAllGone(cancelled) ? { status: "COMPLETED", fulfillmentStatus: "fulfilled" } : {}),
    stockShort: cancelled.allocations.some(({ short }) => short > 0),
    rulesUsed: order.rulesUsed.filter(({ ruleId }) => isStillUsed(cancelled, ruleId)),
    creditedMinor: creditedByReturns(cancelled, returns),
  };
  return { ...after, paymentStatus: paymentStatusOf(after) };
}

/** Whether nothing of an order is left to deliver, and nothing of it has left: then the order itself is cancelled. */
export function isWhole({ allocations }: Pick<Order, "allocations">, { units }: CancelledItems): boolean {
  return allocations.every((each) => each.shipped === 0 && each.cancelled + unitsAt(units, each) === each.quantity);
}

function withCancelled(allocation: LineAllocation, units: readonly CancelledUnits[]): LineAllocation {
  const { quantity, fromShort } = units.find((each) => isSameUnits(each, allocation)) ?? { quantity: 0, fromShort: 0 };
  return { ...allocation, cancelled: allocation.cancelled + quantity, short: allocation.short - fromShort };
}

/** A use of a limited rule is returned when no unit is left that it discounts. */
function isStillUsed({ items }: Pick<Order, "items">, ruleId: string): boolean {
  const discounted = items.filter(({ discounts }) => discounts.some((discount) => discount.ruleId === ruleId));
  return discounted.length === 0 || discounted.some(({ quantity, cancelled }) => cancelled < quantity);
}

/** What is owed in a place; `short` of it was not on the shelf. */
type OwedUnits = ShippedUnits & { short: number };

function cancellableOf(order: Pick<Order, "items" | "allocations">, left: readonly OwedUnits[], lineNo: number): number {
  const whole = linePartsOf(order, lineNo).map(({ variantId, perUnit }) => {
    const units = left.filter((each) => each.lineNo === lineNo && each.variantId === variantId);
    return Math.floor(units.reduce((sum, { quantity }) => sum + quantity, 0) / perUnit);
  });
  return whole.length > 0 ? Math.min(...whole) : 0;
}

/** Moves units of a line out of what is left: first those that are short, then those of the place that was preferred last. */
function take(
  order: Pick<Order, "items" | "allocations">,
  left: readonly OwedUnits[],
  { lineNo, quantity }: WantedCancellation,
  cancelled: CancelledItems,
): void {
  const item = cancelled.items.find((each) => each.lineNo === lineNo);
  if (item) item.quantity += quantity;
  else cancelled.items.push({ lineNo, quantity });
  for (const { variantId, perUnit } of linePartsOf(order, lineNo)) {
    let missing = quantity * perUnit;
    const places = left.filter((one) => one.lineNo === lineNo && one.variantId === variantId).toReversed();
    for (const isShort of [true, false]) {
      for (const each of places) {
        const taken = Math.min(missing, isShort ? each.short : each.quantity);
        missing -= taken;
        each.quantity -= taken;
        const fromShort = isShort ? taken : 0;
        each.short -= fromShort;
        if (taken > 0) add(cancelled.units, { ...each, quantity: taken, fromShort });
      }
    }
  }
}

function add(units: CancelledUnits[], { lineNo, productId, variantId, warehouseId, quantity, fromShort }: CancelledUnits): void {
  const more = { lineNo, productId, variantId, warehouseId, quantity, fromShort };
  const same = units.find((each) => isSameUnits(each, more));
  if (!same) return void units.push(more);
  same.quantity += quantity;
  same.fromShort += fromShort;
}

function quantityOf(items: readonly WantedCancellation[], lineNo: number): number {
  return items.find((each) => each.lineNo === lineNo)?.quantity ?? 0;
}
