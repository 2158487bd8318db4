import { nextUpdateMs } from "./move.ts";
import type { Order } from "./order.ts";
import { paymentStatusOf } from "./payment-status.ts";
import { creditedByReturns, type ReturnedRow } from "./returned-lines.ts";
import { isSameUnits, linePartsOf, type ShippedUnits, unitsAt, unshippedUnits } from "./shipping.ts";

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
  /** By place, for the objects. */
  units: ShippedUnits[];
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
  const left = unshippedUnits(order);
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
    allocations: order.allocations.map((each) => ({ ...each, cancelled: each.cancelled + unitsAt(units, each) })),
    updatedAtMs: nextUpdateMs(order, nowMs),
  };
  const isAllGone = unshippedUnits(cancelled).length === 0;
  const after: Order = {
    ...cancelled,
    ...(isAllGone ? { status: "COMPLETED", fulfillmentStatus: "fulfilled" } : {}),
    rulesUsed: order.rulesUsed.filter(({ ruleId }) => isStillUsed(cancelled, ruleId)),
    creditedMinor: creditedByReturns(cancelled, returns),
  };
  return { ...after, paymentStatus: paymentStatusOf(after) };
}

/** Whether nothing of an order is left to deliver, and nothing of it has left: then the order itself is cancelled. */
export function isWhole({ allocations }: Pick<Order, "allocations">, { units }: CancelledItems): boolean {
  return allocations.every((each) => each.shipped === 0 && each.cancelled + unitsAt(units, each) === each.quantity);
}

/** A use of a limited rule is returned when no unit is left that it discounts. */
function isStillUsed({ items }: Pick<Order, "items">, ruleId: string): boolean {
  const discounted = items.filter(({ discounts }) => discounts.some((discount) => discount.ruleId === ruleId));
  return discounted.length === 0 || discounted.some(({ quantity, cancelled }) => cancelled < quantity);
}

function cancellableOf(order: Pick<Order, "items" | "allocations">, left: readonly ShippedUnits[], lineNo: number): number {
  const whole = linePartsOf(order, lineNo).map(({ variantId, perUnit }) => {
    const units = left.filter((each) => each.lineNo === lineNo && each.variantId === variantId);
    return Math.floor(units.reduce((sum, { quantity }) => sum + quantity, 0) / perUnit);
  });
  return whole.length > 0 ? Math.min(...whole) : 0;
}

/** Moves units of a line out of what is left. */
function take(
  order: Pick<Order, "items" | "allocations">,
  left: readonly ShippedUnits[],
  { lineNo, quantity }: WantedCancellation,
  cancelled: CancelledItems,
): void {
  const item = cancelled.items.find((each) => each.lineNo === lineNo);
  if (item) item.quantity += quantity;
  else cancelled.items.push({ lineNo, quantity });
  for (const { variantId, perUnit } of linePartsOf(order, lineNo)) {
    let missing = quantity * perUnit;
    for (const each of left.filter((one) => one.lineNo === lineNo && one.variantId === variantId).toReversed()) {
      const taken = Math.min(missing, each.quantity);
      missing -= taken;
      each.quantity -= taken;
      if (taken > 0) add(cancelled.units, { ...each, quantity: taken });
    }
  }
}

function add(units: ShippedUnits[], more: ShippedUnits): void {
  const same = units.find((each) => isSameUnits(each, more));
  if (same) same.quantity += more.quantity;
  else units.push(more);
}

function quantityOf(items: readonly WantedCancellation[], lineNo: number): number {
  return items.find((each) => each.lineNo === lineNo)?.quantity ?? 0;
}
