import type { Deps } from "../deps.ts";
import { Refusal } from "../errors.ts";
import type { Keyed, Written } from "../writes/rules/keyed.ts";
import type { OrderHistory } from "../orders/rules/timeline.ts";
import { writeOrder } from "../orders/lifecycle/write-order.ts";
import { type Minor, toMajor } from "../rules/money.ts";
import { payOutOf } from "./pay-out.ts";
import { findMoney } from "./queries.ts";
import type { RefundRow } from "./rules/payment.ts";
import { heldOf, partsOf, type RefundPart } from "./rules/refund.ts";
import { refundChange } from "./refund-change.ts";

/** How long the Worker that recorded a refund has to tell the provider, before the sweep does. */
const PAY_OUT_MS = 60_000;

/** Money that is to go back. */
export interface RefundRequest {
  orderId: string;
  amountMinor: Minor;
  reason: string;
}

/**
 * Gives money of an order back, never more than is left of it. It is recorded first, the oldest payment before the others; what came
 * by Stripe goes back by Stripe after the answer, or by the sweep; what came by hand goes back by hand.
 * @throws Refusal `not_found`; `more_than_paid` telling what is left; `unresolved`
 */
export async function refundOrder(
  deps: Deps,
  keyed: Keyed | undefined,
  { orderId, amountMinor, reason }: RefundRequest,
): Promise<Written<OrderHistory>> {
  const refundId = `REF${keyed?.id ?? deps.newId()}`;
  const written = await writeOrder(deps, keyed, { orderId }, async ({ order }) => {
    if (amountMinor > heldOf(order)) throw moreThanPaid(toMajor(heldOf(order), deps.config.currencyDecimals), order.currency);
    const { money } = await deps.db.batch("refund order", { money: findMoney(orderId) });
    const parts = partsOf(order, money, amountMinor);
    const rows = parts.map((part, index) => rowOf(deps, index === 0 ? refundId : `${refundId}.${index + 1}`, reason, part));
    return refundChange(deps, order, refundId, rows);
  });
  if (!written.replayed) deps.defer((background) => payOutOf(background, orderId));
  return written;
}

function rowOf(deps: Deps, refundId: string, reason: string, { payment, amountMinor }: RefundPart): RefundRow {
  const { orderId, paymentId, provider } = payment;
  const atMs = deps.nowMs();
  const isOwed = provider === "stripe" && deps.config.stripe.secretKey !== undefined;
  const dueAtMs = isOwed ? atMs + PAY_OUT_MS : null;
  const { actor } = deps.by;
  return { orderId, refundId, paymentId, amountMinor, reason, status: "recorded", providerReference: null, actor, atMs, dueAtMs };
}

function moreThanPaid(left: number, currency: string): Refusal {
  const members = { amount_left: left, currency };
  return new Refusal("more_than_paid", `Of what was paid, ${left} ${currency} is left.`, { members });
}
