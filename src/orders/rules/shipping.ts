import { nextUpdateMs } from "./move.ts";
import { type LineAllocation, type Order, type OrderRow, STORED_FULFILLMENTS } from "./order.ts";
import { isSettled } from "./payment-status.ts";
import { isOpen, type OrderStatus } from "./statuses.ts";

export const FULFILLMENT_STATUSES = ["unfulfilled", ...STORED_FULFILLMENTS] as const;

/** Everything that was not cancelled has left. */
const HAS_LEFT: ReadonlySet<OrderStatus> = new Set(["COMPLETED", "RETURNED"]);

/** How much of an order has left. */
export function fulfillmentStatusOf({
  status,
  fulfillmentStatus,
}: Pick<OrderRow, "status" | "fulfillmentStatus">): (typeof FULFILLMENT_STATUSES)[number] {
  return HAS_LEFT.has(status) ? "fulfilled" : (fulfillmentStatus ?? "unfulfilled");
}

/** Units of a line that leave a warehouse together; of a bundle's line, of a component. */
export type ShippedUnits = Pick<LineAllocation, "lineNo" | "productId" | "variantId" | "warehouseId" | "quantity">;

/** What a request ships: units of a line, of a bundle's line whole bundles, or a variant of it. */
export interface WantedShipment {
  lineNo: number;
  variantId?: string | undefined;
  quantity: number;
}

/** A line of a request that exceeds what is left to ship. */
export interface NotShippable {
  index: number;
  requested: number;
  shippable: number;
}

/** What of an order can leave, place by place: what has neither left nor been cancelled, and was on the shelf. */
export function unshippedUnits({ status, allocations }: Pick<Order, "status" | "allocations">): ShippedUnits[] {
  if (!isOpen(status)) return [];
  return allocations.flatMap(({ quantity, shipped, cancelled, short, ...place }) => {
    const left = quantity - shipped - cancelled - short;
    return left > 0 ? [{ ...place, quantity: left }] : [];
  });
}

/** What of an order is still owed and was not on the shelf, place by place. */
export function shortUnits({ status, allocations }: Pick<Order, "status" | "allocations">): ShippedUnits[] {
  if (!isOpen(status)) return [];
  return allocations.flatMap(({ quantity: _, shipped: _shipped, cancelled: _cancelled, short, ...place }) =>
    short > 0 ? [{ ...place, quantity: short }] : [],
  );
}

/** Whether everything of an open order has left or was cancelled. */
export function isAllGone({ allocations }: Pick<Order, "allocations">): boolean {
  return allocations.every(({ quantity, shipped, cancelled }) => quantity === shipped + cancelled);
}

/** The units of an allocation that have left. */
export function shippedOf({ status }: Pick<Order, "status">, { quantity, shipped, cancelled }: LineAllocation): number {
  return HAS_LEFT.has(status) ? quantity - cancelled : shipped;
}

/** The units of a line that have left; of a bundle's line, whole bundles. */
export function shippedOfLine(order: Pick<Order, "status" | "items" | "allocations">, lineNo: number): number {
  const ofLine = order.allocations.filter((each) => each.lineNo === lineNo);
  const whole = linePartsOf(order, lineNo).map(({ variantId, perUnit }) => {
    const parts = ofLine.filter((each) => each.variantId === variantId);
    return Math.floor(parts.reduce((sum, each) => sum + shippedOf(order, each), 0) / perUnit);
  });
  return whole.length > 0 ? Math.min(...whole) : 0;
}

/**
 * Decides what leaves a warehouse: all that is left there, or the units that are named. All of them or none.
 * @param wanted `undefined` for all that is left
 */
export function decideShipment(
  order: Pick<Order, "status" | "items" | "allocations">,
  warehouseId: string,
  wanted: readonly WantedShipment[] | undefined,
): { units: ShippedUnits[] } | { refused: NotShippable[] } {
  const left = unshippedUnits(order).filter((units) => units.warehouseId === warehouseId);
  if (!wanted) return left.length > 0 ? { units: left } : { refused: [] };
  const units: ShippedUnits[] = [];
  const refused: NotShippable[] = [];
  for (const [index, want] of wanted.entries()) {
    const parts = partsOf(order, want);
    const shippable = Math.min(...parts.map((part) => Math.floor(unitsIn(left, want.lineNo, part.variantId) / part.perUnit)));
    if (parts.length > 0 && want.quantity <= shippable) units.push(...take(left, want, parts));
    else refused.push({ index, requested: want.quantity, shippable: parts.length > 0 ? shippable : 0 });
  }
  return refused.length > 0 ? { refused } : { units: merge(units) };
}

/** The order after units of it have left: it is completed with the last of them. */
export function afterShipment(order: Order, units: readonly ShippedUnits[], nowMs: number): Order {
  const shipped = { ...order, allocations: withShipped(order.allocations, units) };
  const isLast = isAllGone(shipped);
  const status = isLast ? "COMPLETED" : "PROCESSING";
  const fulfillmentStatus = isLast ? "fulfilled" : "partially_fulfilled";
  return { ...shipped, status, fulfillmentStatus, dueAtMs: null, updatedAtMs: nextUpdateMs(order, nowMs) };
}

/** Why nothing of an order can leave, or `undefined`. */
export function obstacleToShipping({ status, paymentStatus }: Pick<OrderRow, "status" | "paymentStatus">): string | undefined {
  if (!isOpen(status)) return `An order that is ${status} cannot be shipped.`;
  return status === "PENDING" && !isSettled(paymentStatus) ? "An unpaid order cannot be shipped." : undefined;
}

function withShipped(allocations: readonly LineAllocation[], units: readonly ShippedUnits[]): LineAllocation[] {
  return allocations.map((allocation) => ({
    ...allocation,
    shipped: allocation.shipped + unitsAt(units, allocation),
  }));
}

type LinePlace = Pick<LineAllocation, "lineNo" | "variantId" | "warehouseId">;

/** Whether two are units of one line and variant from one warehouse. */
export function isSameUnits(a: LinePlace, b: LinePlace): boolean {
  return a.lineNo === b.lineNo && a.variantId === b.variantId && a.warehouseId === b.warehouseId;
}

/** How many of some units are of a line's variant from a warehouse. */
export function unitsAt(units: readonly ShippedUnits[], place: LinePlace): number {
  return units.find((each) => isSameUnits(each, place))?.quantity ?? 0;
}

/** The variants of which one unit of a line consists: of a bundle's line, its components. */
export function linePartsOf(
  { items, allocations }: Pick<Order, "items" | "allocations">,
  lineNo: number,
): { variantId: string; perUnit: number }[] {
  const sold = items.find((item) => item.lineNo === lineNo)?.quantity ?? 0;
  const ofLine = Map.groupBy(
    allocations.filter((each) => each.lineNo === lineNo),
    ({ variantId }) => variantId,
  );
  return [...ofLine].map(([variantId, all]) => {
    return { variantId, perUnit: all.reduce((sum, { quantity }) => sum + quantity, 0) / sold };
  });
}

/** What one wanted unit consists of: the parts of the line, or the variant that is named. */
function partsOf(order: Pick<Order, "items" | "allocations">, { lineNo, variantId }: WantedShipment) {
  const parts = linePartsOf(order, lineNo);
  return variantId === undefined
    ? parts
    : parts.filter((part) => part.variantId === variantId).map((part) => ({ ...part, perUnit: 1 }));
}

function unitsIn(left: readonly ShippedUnits[], lineNo: number, variantId: string): number {
  return left.find((each) => each.lineNo === lineNo && each.variantId === variantId)?.quantity ?? 0;
}

/** Takes units out of what is left in one warehouse, where each variant of a line stands once. */
function take(
  left: readonly ShippedUnits[],
  want: WantedShipment,
  parts: readonly { variantId: string; perUnit: number }[],
): ShippedUnits[] {
  return left
    .filter(({ lineNo }) => lineNo === want.lineNo)
    .flatMap((each) => {
      const part = parts.find(({ variantId }) => variantId === each.variantId);
      if (!part) return [];
      const quantity = want.quantity * part.perUnit;
      each.quantity -= quantity;
      return [{ ...each, quantity }];
    });
}

/** One entry per line and variant: a request may name a line twice. */
function merge(units: readonly ShippedUnits[]): ShippedUnits[] {
  const groups = Map.groupBy(units, ({ lineNo, variantId }) => `${lineNo} ${variantId}`);
  return [...groups.values()].flatMap((same) => {
    const [first] = same;
    return first ? [{ ...first, quantity: same.reduce((sum, { quantity }) => sum + quantity, 0) }] : [];
  });
}
