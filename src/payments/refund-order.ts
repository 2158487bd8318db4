import type { Deps } from "../deps.ts";
import { invalidField, Refusal } from "../errors.ts";
import type { Keyed, Written } from "../writes/rules/keyed.ts";
import { heldOf } from "../orders/rules/payment-status.ts";
import type { OrderHistory } from "../orders/rules/timeline.ts";
import { writeOrder } from "../orders/lifecycle/write-order.ts";
import { type Minor, toMajor } from "../rules/money.ts";
import { payOutOrder } from "./pay-out.ts";
import { findMoney } from "./queries.ts";
import type { RefundRow } from "./rules/payment.ts";
import { partsOf, type RefundPart } from "./rules/refund.ts";
import { toStripeAmount } from "./rules/stripe.ts";
import { refundChange } from "./refund-change.ts";

/** How long the Worker that recorded a refund has to send it to the provider, before the sweep does. */
const PAY_OUT_MS = 60_000;

/** A refund as it is requested. */
export interface RefundRequest {
  orderId: string;
  amountMinor: Minor;
  reason: string;
}

/**
 * Refunds an order, never more than is left of its payments. The refund is recorded first, from the oldest payment on; Stripe payments
 * are refunded by Stripe after the answer, or in the sweep; manual payments are paid out by hand.
 * @throws Refusal `not_found`; `dispute_open`; `more_than_paid` with the amount that is left; `validation_failed` for more decimals than Stripe
 *   refunds; `unresolved`
 */
export async function refundOrder(
  deps: Deps,
  keyed: Keyed | undefined,
  { orderId, amountMinor, reason }: RefundRequest,
): Promise<Written<OrderHistory>> {
  const refundId = `REF${keyed?.id ?? deps.newId()}`;
  const written = await writeOrder(deps, keyed, { orderId }, async ({ order }) => {
    if (order.openDisputes > 0) throw new Refusal("dispute_open", "Refunds wait until the dispute has ended.");
    if (amountMinor > heldOf(order)) throw moreThanPaid(toMajor(heldOf(order), deps.config.currencyDecimals), order.currency);
    const { money } = await deps.db.batch("read payments to refund", { money: findMoney(orderId) });
    const parts = partsOf(order, money, amountMinor);
    if (!parts.every((part) => isRefundable(deps, part))) throw tooFine(deps);
    const rows = parts.map((part, index) => rowOf(deps, index === 0 ? refundId : `${refundId}.${index + 1}`, reason, part));
    return refundChange(deps, order, refundId, rows);
  });
  if (!written.replayed) deps.defer((background) => payOutOrder(background, orderId));
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

/** Whether its provider can refund a part: Stripe has fewer decimals than some currencies. */
function isRefundable({ config }: Deps, { payment, amountMinor }: RefundPart): boolean {
  if (payment.provider !== "stripe") return true;
  return toStripeAmount(amountMinor, payment.currency, config.currencyDecimals) !== undefined;
}

function tooFine({ config }: Deps): Refusal {
  const { currency, currencyDecimals, stripeStepMinor } = config;
  return invalidField("amount", `Stripe refunds multiples of ${toMajor(stripeStepMinor, currencyDecimals)} ${currency}`);
}

function moreThanPaid(left: number, currency: string): Refusal {
  const members = { amount_left: left, currency };
  return new Refusal("more_than_paid", `${left} ${currency} can still be refunded.`, { members });
}
