import { type Minor, THREE_DECIMALS } from "../../rules/money.ts";

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

// Source: https://docs.stripe.com/currencies#zero-decimal, #special-cases
const ZERO_DECIMALS = new Set([
  "BIF",
  "CLP",
  "DJF",
  "GNF",
  "JPY",
  "KMF",
  "KRW",
  "MGA",
  "PYG",
  "RWF",
  "VND",
  "VUV",
  "XAF",
  "XOF",
  "XPF",
]);

/** Decimals of Stripe's amounts: two but for some currencies; ISK and UGX have two that must be zero. */
function stripeDecimals(currency: string): number {
  if (ZERO_DECIMALS.has(currency)) return 0;
  return THREE_DECIMALS.has(currency) ? 3 : 2;
}

/**
 * Converts an amount to Stripe's units.
 * @param decimals of the shop's currency
 * @returns `undefined` where Stripe has fewer decimals than the amount needs: the last of three must be zero
 */
export function toStripeAmount(amountMinor: Minor, currency: string, decimals: number): number | undefined {
  const amount = scaled(amountMinor, decimals, stripeDecimals(currency));
  return THREE_DECIMALS.has(currency) && (amount ?? 0) % 10 !== 0 ? undefined : amount;
}

/** Converts an amount of Stripe to the shop's minor units. @returns `undefined` where it has more decimals */
export function fromStripeAmount(amount: number, currency: string, decimals: number): Minor | undefined {
  return scaled(amount, stripeDecimals(currency), decimals);
}

function scaled(amount: number, from: number, to: number): number | undefined {
  if (to >= from) return amount * 10 ** (to - from);
  const divisor = 10 ** (from - to);
  return amount % divisor === 0 ? amount / divisor : undefined;
}
