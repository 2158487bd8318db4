import { CART_PREFIX } from "../../carts/rules/cart.ts";
import { ownerOf } from "../../stock/rules/reserve.ts";
import type { HoldResolution } from "../../stock/rules/messages.ts";
import type { OrderRow } from "./order.ts";
import { isUnpaid } from "./payment-status.ts";
import type { OrderStatus } from "./statuses.ts";

/**
 * Resolves an expired hold by the row of its order (A2).
 * @param order the one that records the hold, after all other holds were fenced; `undefined` where none does
 */
export function resolutionOf(holdId: string, order: HoldOrder | undefined, nowMs: number): HoldResolution {
  if (!order && holdId.startsWith(CART_PREFIX)) return { holdId, verdict: "give_back" };
  if (order && IS_SOLD.has(order.status)) return { holdId, verdict: "commit" };
  if (order?.status !== "PENDING") return { holdId, verdict: "release" };
  if (!isUnpaid(order.paymentStatus)) return { holdId, verdict: "commit" };
  const dueAtMs = order.paymentDueAtMs ?? 0;
  return dueAtMs > nowMs ? { holdId, verdict: "keep", untilMs: dueAtMs } : { holdId, verdict: "release" };
}

/** A hold of an attempt at an order, or one that the checkouts of a cart's generation share. */
export type HoldRef = { holdId: string } & ({ orderId: string } | { cartId: string; generation: number });

export function holdRef(holdId: string): HoldRef {
  const owner = ownerOf(holdId);
  if (!owner.startsWith(CART_PREFIX)) return { holdId, orderId: owner };
  return { holdId, cartId: owner, generation: Number(holdId.slice(owner.length + 1)) };
}

/**
 * The units of such an order are sold, even where the object missed the commit. They leave, and come back, under ids of their own, so the
 * hold must be committed first.
 */
const IS_SOLD: ReadonlySet<OrderStatus> = new Set(["PROCESSING", "COMPLETED", "RETURNED"]);

/** What a resolution depends on. */
export type HoldOrder = Pick<OrderRow, "orderId" | "holdId" | "status" | "paymentStatus" | "paymentDueAtMs">;
