import { nextUpdateMs } from "./move.ts";
import type { OrderRow } from "./order.ts";
import { isOpen } from "./statuses.ts";

/** What can be changed of an order until something of it leaves: whom it is for, and where it goes. */
export const DELIVERY_DETAILS = [
  ...(["customerName", "customerEmail", "customerPhone"] as const),
  ...(["deliveryAddress", "address", "postalCode", "notes"] as const),
];

export const MAX_TAGS = 20;

/** What a change of an order says; what it leaves out stays. */
export type OrderEdit = Partial<Pick<OrderRow, (typeof DELIVERY_DETAILS)[number] | "staffNote" | "tags">>;

/**
 * Decides a change of what an order says.
 * @returns the row after it; `undefined` where it says all of that already; or the details that are fixed, because something has left or
 *   nothing will
 */
export function decideEdit<R extends OrderRow>(
  order: R,
  edit: OrderEdit,
  nowMs: number,
): { after: R } | { fixed: (typeof DELIVERY_DETAILS)[number][] } | undefined {
  const isFixed = order.fulfillmentStatus !== null || !isOpen(order.status);
  const fixed = DELIVERY_DETAILS.filter(
    (name) => edit[name] !== undefined && JSON.stringify(edit[name]) !== JSON.stringify(order[name]),
  );
  if (isFixed && fixed.length > 0) return { fixed };
  const after = { ...order, ...edit };
  if (JSON.stringify(after) === JSON.stringify(order)) return undefined;
  return { after: { ...after, updatedAtMs: nextUpdateMs(order, nowMs) } };
}
