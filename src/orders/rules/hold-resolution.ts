import { CART_PREFIX } from "../../carts/rules/cart.ts";
import { ownerOf } from "../../stock/rules/reserve.ts";
import type { HoldResolution } from "../../stock/rules/messages.ts";
import type { OrderRow } from "./order.ts";
import { isUnpaid } from "./payment-status.ts";
import type { OrderStatus } from "./statuses.ts";

/**
 * Decides about an overdue hold by the row of its order (A2).
 * @param order the one that records the hold, after all others were fenced; `undefined` where none does
 */
export function resolutionOf(holdId: string, order: HoldOrder | undefined, nowMs: number): HoldResolution {
  if (!order && holdId.startsWith(CART_PREFIX)) return { holdId, verdict: "give_back" };
  if (order && HAS_LEFT.has(order.status)) return { holdId, verdict: "commit" };
  if (order?.status !== "PENDING") return { holdId, verdict: "release" };
  if (!isUnpaid(order.paymentStatus)) return { holdId, verdict: "commit" };
  const dueAtMs = order.paymentDueAtMs ?? 0;
  return dueAtMs > nowMs ? { holdId, verdict: "keep", untilMs: dueAtMs } : { holdId, verdict: "release" };
}

/** A hold as D1 is asked about it: an attempt's of an order, or one that the checkouts of a cart's generation share. */
export type HoldRef = { holdId: string } & ({ orderId: string } | { cartId: string; generation: number });

export function holdRef(holdId: string): HoldRef {
  const owner = ownerOf(holdId);
  if (!owner.startsWith(CART_PREFIX)) return { holdId, orderId: owner };
  return { holdId, cartId: owner, generation: Number(holdId.slice(owner.length + 1)) };
}

/**
 * The units of such an order are with the customer, or on their way, whatever the object heard of it. Those of a returned one came
 * back under the return's own id, so they have to leave under the hold first: to release them would count them twice.
 */
const HAS_LEFT: ReadonlySet<OrderStatus> = new Set(["PROCESSING", "COMPLETED", "RETURNED"]);

/** What a verdict depends on. */
export type HoldOrder = Pick<OrderRow, "orderId" | "holdId" | "status" | "paymentStatus" | "paymentDueAtMs">;
