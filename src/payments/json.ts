import { isoOrNull } from "../http/validate.ts";
import { toMajor } from "../rules/money.ts";
import type { BegunPayment } from "./begin-payment.ts";
import type { BegunJson, MoneyOfOrderJson } from "./contract.ts";
import type { MoneyAndDisputes } from "./show-payments.ts";

/** The JSON of a payment that can be made now. @param decimals digits after the point of the shop's currency */
export function toBegunJson({ intentId, clientSecret, amountMinor, currency }: BegunPayment, decimals: number): BegunJson {
  return {
    provider: "stripe",
    payment_intent_id: intentId,
    client_secret: clientSecret,
    amount: toMajor(amountMinor, decimals),
    currency,
  };
}

/** The JSON of all payments, refunds and disputes of an order. */
export function toMoneyJson({ payments, refunds, disputes }: MoneyAndDisputes, decimals: number): MoneyOfOrderJson {
  return {
    payments: payments.map(({ paymentId, provider, reference, amountMinor, currency, actor, atMs }) => ({
      payment_id: paymentId,
      provider,
      payment_reference: reference,
      amount: toMajor(amountMinor, decimals),
      currency,
      at: new Date(atMs).toISOString(),
      by: actor,
    })),
    refunds: refunds.map(({ refundId, paymentId, amountMinor, reason, status, providerReference, actor, atMs }) => ({
      refund_id: refundId,
      payment_id: paymentId,
      amount: toMajor(amountMinor, decimals),
      reason,
      status,
      provider_reference: providerReference,
      at: new Date(atMs).toISOString(),
      by: actor,
    })),
    disputes: disputes.map(({ disputeId, paymentId, amountMinor, reason, status, openedAtMs, closedAtMs }) => ({
      dispute_id: disputeId,
      payment_id: paymentId,
      amount: toMajor(amountMinor, decimals),
      reason,
      status,
      opened_at: new Date(openedAtMs).toISOString(),
      closed_at: isoOrNull(closedAtMs),
    })),
  };
}
