import type { Fate } from "../../stock/rules/messages.ts";
import type { OrderRow } from "./order.ts";
import { isUnpaid } from "./payment-status.ts";
import type { OrderStatus } from "./statuses.ts";

/**
 * What becomes of a hold that ran out, by the row of its order (PROTOCOL A2).
 * @param order the one that records the hold, after all others were fenced; `undefined` where none does
 */
export function fateOfHold(holdId: string, order: FateRow | undefined, nowMs: number): Fate {
  if (order && HAS_LEFT.has(order.status)) return { holdId, verdict: "commit" };
  if (order?.status !== "PENDING") return { holdId, verdict: "release" };
  if (!isUnpaid(order.paymentStatus)) return { holdId, verdict: "commit" };
  const dueAtMs = order.paymentDueAtMs ?? 0;
  return dueAtMs > nowMs ? { holdId, verdict: "keep", untilMs: dueAtMs } : { holdId, verdict: "release" };
}

/**
 * The units of such an order are with the customer, or on their way, whatever the object heard of it. Those of a returned one came
 * back under the return's own id, so they have to leave under the hold first: to release them would count them twice.
 */
const HAS_LEFT: ReadonlySet<OrderStatus> = new Set(["PROCESSING", "COMPLETED", "RETURNED"]);

/** What a verdict depends on. */
export type FateRow = Pick<OrderRow, "orderId" | "holdId" | "status" | "paymentStatus" | "paymentDueAtMs">;
