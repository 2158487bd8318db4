import type { Deps } from "../deps.ts";
import { Refusal, unresolved } from "../errors.ts";
import type { Keyed, Written } from "../writes/rules/keyed.ts";
import type { OrderHistory } from "../orders/rules/timeline.ts";
import { showOrder } from "../orders/lifecycle/show-order.ts";
import type { Payment } from "./rules/payment.ts";
import { isUnsettled } from "./rules/take.ts";
import { settleLate } from "./settle-late.ts";
import { takePayment } from "./take-payment.ts";

/**
 * Confirms a payment that the shop or its accounting received. The same reference again changes nothing, except that a late payment
 * that is not settled yet is tried again.
 * @returns the order as it is now
 * @throws Refusal what `takePayment` refuses; `unresolved` where the money is recorded and a late payment is not settled yet
 */
export async function confirmPayment(
  deps: Deps,
  keyed: Keyed | undefined,
  payment: Omit<Payment, "provider">,
): Promise<Written<OrderHistory>> {
  const { orderId } = payment;
  const { replayed } = await takePayment(deps, keyed, { ...payment, provider: "manual" });
  const taken = await showOrder(deps, orderId);
  if (!isUnsettled(taken.order)) return { answer: taken, status: 200, replayed };
  try {
    await settleLate(deps, orderId);
    return { answer: await showOrder(deps, orderId), status: 200, replayed };
  } catch (error) {
    if (error instanceof Refusal) throw error;
    throw unresolved("The money is recorded; whether the units are still available is not decided yet.", "again", error);
  }
}
