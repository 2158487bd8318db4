import type { Fate } from "../../stock/rules/messages.ts";
import type { OrderRow } from "./order.ts";

/**
 * What becomes of a hold that ran out, by the row of its order (PROTOCOL A2).
 * @param order the one that records the hold, after all others were fenced; `undefined` where none does
 */
export function fateOfHold(holdId: string, order: FateRow | undefined, nowMs: number): Fate {
  if (order?.status !== "PENDING") return { holdId, verdict: "release" };
  if (order.paymentStatus !== "pending") return { holdId, verdict: "commit" };
  const dueAtMs = order.paymentDueAtMs ?? 0;
  return dueAtMs > nowMs ? { holdId, verdict: "keep", untilMs: dueAtMs } : { holdId, verdict: "release" };
}

/** What a verdict depends on. */
export type FateRow = Pick<OrderRow, "orderId" | "holdId" | "status" | "paymentStatus" | "paymentDueAtMs">;
