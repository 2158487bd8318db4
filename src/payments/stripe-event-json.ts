import { Refusal, refusedField } from "../errors.ts";
import type { StripeEvent } from "./rules/stripe.ts";
import { chargeSchema, disputeSchema, eventSchema, intentSchema, paidIntentSchema, refundSchema } from "./stripe-contract.ts";

type Reader = (object: unknown, head: { eventId: string; type: string }, createdS: number) => StripeEvent;

const readRefund: Reader = (object, head) => {
  const { id: reference, status, payment_intent: intentId, amount, metadata } = refundSchema.parse(object);
  const names = { refundId: metadata?.refund_id, intentId: intentId ?? undefined, amount };
  return { ...head, what: "refund", reference, status: status ?? "", ...names };
};

const readDispute: Reader = (object, head, createdS) => {
  const { id: disputeId, status, reason, payment_intent: intentId, amount, currency } = disputeSchema.parse(object);
  return {
    ...head,
    what: "disputed",
    disputeId,
    status,
    reason: reason ?? "",
    intentId: intentId ?? undefined,
    amount,
    currency,
    createdS,
  };
};

/** Reads the object of an event, by the event's type. */
const READERS = new Map<string, Reader>([
  [
    "payment_intent.succeeded",
    (object, head) => {
      const { id: intentId, amount_received: amount, currency, metadata } = paidIntentSchema.parse(object);
      return { ...head, what: "paid", intentId, amount, currency, orderId: metadata?.order_id };
    },
  ],
  [
    "payment_intent.payment_failed",
    (object, head) => {
      const { id: intentId, metadata } = intentSchema.parse(object);
      return { ...head, what: "failed", intentId, orderId: metadata?.order_id };
    },
  ],
  [
    "charge.refunded",
    (object, head) => {
      const { payment_intent: intentId, amount_refunded: amount, currency, metadata } = chargeSchema.parse(object);
      const orderId = metadata?.order_id;
      return intentId ? { ...head, what: "charge_refunded", intentId, amount, currency, orderId } : { ...head, what: "other" };
    },
  ],
  [
    "payment_intent.canceled",
    (object, head) => {
      const { id: intentId, metadata } = intentSchema.parse(object);
      return { ...head, what: "canceled", intentId, orderId: metadata?.order_id };
    },
  ],
  ["refund.updated", readRefund],
  ["refund.failed", readRefund],
  // The former name of `refund.updated`: accounts of older API versions get it.
  ["charge.refund.updated", readRefund],
  ["charge.dispute.created", readDispute],
  ["charge.dispute.updated", readDispute],
  ["charge.dispute.funds_withdrawn", readDispute],
  ["charge.dispute.funds_reinstated", readDispute],
  ["charge.dispute.closed", readDispute],
]);

/**
 * Reads an event of Stripe.
 * @throws Refusal `malformed_json`; `validation_failed` for a handled type whose object is not as Stripe documents it
 */
export function readStripeEvent(body: Uint8Array): StripeEvent {
  try {
    const {
      id: eventId,
      type,
      created,
      data,
    } = eventSchema.parse(JSON.parse(new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(body)));
    const head = { eventId, type };
    return READERS.get(type)?.(data.object, head, created) ?? { ...head, what: "other" };
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof TypeError)
      throw refusedField("malformed_json", "body", "is not valid JSON");
    throw new Refusal("validation_failed", "The event is not as Stripe documents it.", {});
  }
}
