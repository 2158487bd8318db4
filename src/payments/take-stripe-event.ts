import type { Deps } from "../deps.ts";
import { Refusal, unresolved } from "../errors.ts";
import { openAlert } from "../events/alert-queries.ts";
import { findRecord } from "../orders/queries.ts";
import type { OrderHistory } from "../orders/rules/timeline.ts";
import { type OrderChange, writeOrder } from "../orders/lifecycle/write-order.ts";
import type { Minor } from "../rules/money.ts";
import { failRefund } from "./pay-out.ts";
import { endIntent, findIntent, findMoney, findPayment, findProviderEvent, insertProviderEvent } from "./queries.ts";
import { refundChange } from "./refund-change.ts";
import { findRefund, updateRefund } from "./refund-queries.ts";
import { statusOf } from "./rules/pay-out.ts";
import type { RefundRow } from "./rules/payment.ts";
import { unrecordedRefund } from "./rules/refund.ts";
import { fromStripeAmount } from "./rules/stripe.ts";
import type { StripeEvent } from "./rules/stripe.ts";
import { decideFailure, dueOf, isUnsettled } from "./rules/take.ts";
import { settleLate } from "./settle-late.ts";
import { takeDispute } from "./take-dispute.ts";
import { takePayment } from "./take-payment.ts";

type Of<W extends StripeEvent["what"]> = Extract<StripeEvent, { what: W }>;

/**
 * Handles an event of Stripe, each once, in any order. When it returns, the effect is in D1; otherwise Stripe sends the event again.
 * @throws Refusal `unresolved`
 */
export async function takeStripeEvent(deps: Deps, event: StripeEvent): Promise<void> {
  const { eventId, type } = event;
  const { known } = await deps.db.batch("find stripe event", { known: findProviderEvent(eventId) });
  if (known) return;
  await actOn({ ...deps, by: { ...deps.by, actor: "stripe" } }, event);
  await deps.db.batch("record stripe event", { recorded: insertProviderEvent(eventId, type, deps.nowMs()) });
}

async function actOn(deps: Deps, event: StripeEvent): Promise<void> {
  switch (event.what) {
    case "paid":
      return takePaid(deps, event);
    case "failed":
      return takeFailed(deps, event);
    case "canceled":
      return takeCanceled(deps, event);
    case "charge_refunded":
      return takeChargeRefunded(deps, event);
    case "refund":
      return takeRefund(deps, event);
    case "disputed":
      return (await takeDispute(deps, event)) ? undefined : ignore(deps, event);
    case "other":
      // One line for each, so that an operator can count what the account sends without need.
      deps.log("stripe_event_unknown", { event_id: event.eventId, type: event.type });
  }
}

async function takePaid(deps: Deps, event: Of<"paid">): Promise<void> {
  const { intentId: reference, currency } = event;
  const orderId = await orderOf(deps, event);
  const amountMinor = fromStripeAmount(event.amount, currency, deps.config.currencyDecimals);
  if (orderId === undefined || amountMinor === undefined) return alertUnknown(deps, event);
  const payment = { orderId, provider: "stripe" as const, reference, amountMinor, currency };
  const { byHand } = await deps.db.batch("find manual payment", { byHand: findPayment("manual", reference) });
  // The same payment may have been confirmed manually under Stripe's reference.
  if (byHand?.orderId === orderId && byHand.amountMinor === amountMinor && byHand.currency === currency) return;
  const written = await takePayment(deps, undefined, payment).catch(ignoreMissing);
  if (written === undefined) return alertUnknown(deps, event);
  // The money is recorded; a late payment is settled after the answer, or in the sweep.
  if (isUnsettled(written.answer.order)) deps.defer((background) => settleLate(background, orderId));
}

/**
 * The payment was ended unpaid. Its order still waits, and a payment that is begun now is another one. Where it was for an amount that is
 * due no more, no attempt to pay has failed: it was ended for another one.
 */
async function takeCanceled(deps: Deps, event: Of<"canceled">): Promise<void> {
  const { intent } = await deps.db.batch("end payment intent", {
    ended: endIntent(event.intentId, deps.nowMs()),
    intent: findIntent(event.intentId),
  });
  return takeFailed(deps, event, intent?.amountMinor);
}

/** @param amountMinor of a payment that counts only where it is still due */
async function takeFailed(deps: Deps, event: Of<"failed"> | Of<"canceled">, amountMinor?: Minor): Promise<void> {
  const orderId = await orderOf(deps, event);
  if (orderId === undefined) return ignore(deps, event);
  const decide = ({ order }: OrderHistory): OrderChange | undefined => {
    const isDue = amountMinor === undefined || amountMinor === dueOf(order);
    const after = isDue ? decideFailure(order, deps.nowMs()) : undefined;
    if (!after) return undefined;
    const webhook = { type: "order.payment_failed" as const, eventId: `${event.eventId}:payment_failed` };
    return { verb: "payment_failed", what: "payment_failed", note: null, after, webhook };
  };
  const written = await writeOrder(deps, undefined, { orderId }, decide).catch(ignoreMissing);
  if (written === undefined) return ignore(deps, event);
}

/** A refund that was made at Stripe itself; those of Holdfast are recorded already. */
async function takeChargeRefunded(deps: Deps, event: Of<"charge_refunded">): Promise<void> {
  const { payment, intent } = await deps.db.batch("find refunded charge", {
    payment: findPayment("stripe", event.intentId),
    intent: findIntent(event.intentId),
  });
  // The event of the payment has not arrived yet, so Stripe has to send this one again after it.
  const { named } = await deps.db.batch("find named order", {
    named: payment || event.orderId === undefined ? undefined : findRecord(event.orderId),
  });
  if (!payment && (intent || named?.order)) throw unresolved("The refunded payment is not recorded yet.", "again");
  const refundedMinor = fromStripeAmount(event.amount, event.currency, deps.config.currencyDecimals);
  if (!payment || refundedMinor === undefined) return ignore(deps, event);
  const refundId = `REF${deps.newId()}`;
  await writeOrder(deps, undefined, { orderId: payment.orderId }, async ({ order }) => {
    const { money } = await deps.db.batch("read refunds", { money: findMoney(order.orderId) });
    const amountMinor = payment.currency === order.currency ? unrecordedRefund(payment, money, refundedMinor) : 0;
    if (amountMinor === 0) return undefined;
    const { orderId, paymentId } = payment;
    const own = { reason: "Refunded at Stripe", actor: deps.by.actor, atMs: deps.nowMs(), dueAtMs: null };
    const row: RefundRow = { orderId, refundId, paymentId, amountMinor, status: "succeeded", providerReference: null, ...own };
    return refundChange(deps, order, refundId, [row]);
  });
}

/** The final status of a refund that Stripe had accepted. */
async function takeRefund(deps: Deps, event: Of<"refund">): Promise<void> {
  const { reference, intentId, refundId } = event;
  const status = statusOf(event.status);
  const { payment } = await deps.db.batch("find refunded payment", {
    payment: intentId === undefined ? undefined : findPayment("stripe", intentId),
  });
  const amountMinor =
    payment && event.amount !== undefined
      ? fromStripeAmount(event.amount, payment.currency, deps.config.currencyDecimals)
      : undefined;
  const { refund } = await deps.db.batch("find refund", { refund: findRefund({ reference, intentId, refundId, amountMinor }) });
  if (refund && status === "failed") return failRefund(deps, refund, reference);
  if (refund && status === "succeeded") {
    await deps.db.batch("write refund outcome", {
      refund: updateRefund(refund, { status, providerReference: reference, dueAtMs: null }),
    });
    return;
  }
  // A failed refund raises an alert even where it cannot be identified.
  if (!refund && payment && status === "failed") {
    const details = { provider_reference: reference, stripe_amount: event.amount };
    await deps.db.batch("alert failed refund", { alert: openAlert("refund_failed", payment.orderId, details, deps.nowMs()) });
    return;
  }
  return ignore(deps, event);
}

/** The order of a payment: the one for which it was begun here, before the one that the event names. */
async function orderOf(
  deps: Deps,
  { intentId, orderId }: Of<"paid"> | Of<"failed"> | Of<"canceled">,
): Promise<string | undefined> {
  const { intent } = await deps.db.batch("find payment intent", { intent: findIntent(intentId) });
  return intent?.orderId ?? orderId;
}

/** A payment without an order: staff have to find out whose it is. */
async function alertUnknown(deps: Deps, { intentId, amount, currency, orderId }: Of<"paid">): Promise<void> {
  const details = { stripe_amount: amount, currency, order_id: orderId };
  await deps.db.batch("alert unknown payment", { alert: openAlert("payment_unknown", intentId, details, deps.nowMs()) });
}

async function ignore(deps: Deps, { eventId, type }: StripeEvent): Promise<void> {
  deps.log("stripe_event_ignored", { event_id: eventId, type });
}

/** @returns `undefined` where there is no such order, or the reference is recorded for another payment */
function ignoreMissing(error: unknown): undefined {
  const isKnown = error instanceof Refusal && (error.code === "not_found" || error.code === "payment_reference_used");
  if (!isKnown) throw error;
}
