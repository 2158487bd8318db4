import type { DeliveryMethodId } from "../../warehouses/rules/delivery.ts";
import type { OrderRow } from "./order.ts";

export const FULFILLMENT_STEPS = ["open", "partial", "done"] as const;
type FulfillmentStep = (typeof FULFILLMENT_STEPS)[number];

/** Units of an order's line that a warehouse hands over; of a bundle's line, of a component. */
export interface FulfillmentLine {
  lineNo: number;
  productId: string;
  variantId: string;
  sku: string;
  barcode: string | null;
  name: string;
  quantity: number;
  shipped: number;
  cancelled: number;
  /** Still owed, but not on the shelf. */
  short: number;
}

/** What one warehouse hands over for an order. */
export interface Fulfillment {
  order: Omit<OrderRow, "creditedMinor">;
  warehouseId: string;
  lines: FulfillmentLine[];
}

export interface FulfillmentFilter {
  warehouseId?: string | undefined;
  /** Absent: everything that is not done. */
  status?: FulfillmentStep | undefined;
  deliveryMethod?: DeliveryMethodId | undefined;
  /** The last of the page before: when its order was placed, the order and the warehouse. */
  after?: readonly [number, string, string] | undefined;
}

/** How much a warehouse has handed over. */
export function stepOf({ lines }: Pick<Fulfillment, "lines">): FulfillmentStep {
  if (lines.every((line) => unitsLeft(line) === 0)) return "done";
  return lines.some(({ shipped }) => shipped > 0) ? "partial" : "open";
}

function unitsLeft({ quantity, shipped, cancelled }: FulfillmentLine): number {
  return quantity - shipped - cancelled;
}

/** A variant to be picked, and the orders that want it. */
export interface PickLine extends Pick<FulfillmentLine, "productId" | "variantId" | "sku" | "barcode" | "name" | "quantity"> {
  orders: { orderId: string; quantity: number }[];
}

/** Sums what is left to hand over, and on the shelf, by variant, in the order of SKUs; the orders oldest first. */
export function pickList(fulfillments: readonly Fulfillment[]): PickLine[] {
  const picks = new Map<string, PickLine>();
  for (const { order, lines } of fulfillments) {
    for (const line of lines) {
      const left = unitsLeft(line) - line.short;
      if (left === 0) continue;
      const { productId, variantId, sku, barcode, name } = line;
      const pick = picks.get(variantId) ?? { productId, variantId, sku, barcode, name, quantity: 0, orders: [] };
      picks.set(variantId, pick);
      pick.quantity += left;
      const last = pick.orders.at(-1);
      if (last?.orderId === order.orderId) last.quantity += left;
      else pick.orders.push({ orderId: order.orderId, quantity: left });
    }
  }
  return [...picks.values()].toSorted((a, b) => (a.sku < b.sku ? -1 : Number(a.sku > b.sku)));
}
