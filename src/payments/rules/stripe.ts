import type { Minor } from "../../rules/money.ts";
import { stripeUnits } from "../../rules/stripe-currencies.ts";

/** An event of Stripe. Amounts are in Stripe's units; `currency` is in upper case. */
export type StripeEvent = { eventId: string; type: string } & (
  | { what: "paid"; intentId: string; amount: number; currency: string; orderId: string | undefined }
  | { what: "failed"; intentId: string; orderId: string | undefined }
  /** `amount` is all that was refunded of the charge so far. */
  | { what: "charge_refunded"; intentId: string; amount: number; currency: string; orderId: string | undefined }
  /** The status of one refund now. */
  | {
      what: "refund";
      reference: string;
      status: string;
      refundId: string | undefined;
      intentId: string | undefined;
      amount: number | undefined;
    }
  /** The dispute as it is when it is reported. */
  | {
      what: "disputed";
      disputeId: string;
      status: string;
      reason: string;
      intentId: string | undefined;
      amount: number;
      currency: string;
      createdS: number;
    }
  /** The payment can no longer be made. */
  | { what: "canceled"; intentId: string; orderId: string | undefined }
  /** An event of a type that is not handled. */
  | { what: "other" }
);

/**
 * Converts an amount to Stripe's units.
 * @param decimals of the shop's currency
 * @returns `undefined` where Stripe does not take it: it has fewer decimals than the amount needs, or wants them to be zero
 */
export function toStripeAmount(amountMinor: Minor, currency: string, decimals: number): number | undefined {
  const units = stripeUnits(currency);
  const amount = scaled(amountMinor, decimals, units.decimals);
  return (amount ?? 0) % units.multipleOf === 0 ? amount : undefined;
}

/** Converts an amount of Stripe to the shop's minor units. @returns `undefined` where it has more decimals */
export function fromStripeAmount(amount: number, currency: string, decimals: number): Minor | undefined {
  return scaled(amount, stripeUnits(currency).decimals, decimals);
}

function scaled(amount: number, from: number, to: number): number | undefined {
  if (to >= from) return amount * 10 ** (to - from);
  const divisor = 10 ** (from - to);
  return amount % divisor === 0 ? amount / divisor : undefined;
}
