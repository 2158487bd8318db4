import type { Minor } from "../../rules/money.ts";

// Source: https://docs.stripe.com/currencies#zero-decimal, #three-decimal, #special-cases
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
const THREE_DECIMALS = new Set(["BHD", "JOD", "KWD", "OMR", "TND"]);

/** Digits after the point in Stripe's amounts: two, but for some currencies; of ISK and UGX it wants two that are zeros. */
function stripeDecimals(currency: string): number {
  if (ZERO_DECIMALS.has(currency)) return 0;
  return THREE_DECIMALS.has(currency) ? 3 : 2;
}

/**
 * Tells an amount as Stripe wants it.
 * @param decimals of the shop's currency
 * @returns `undefined` where Stripe has fewer decimals than the amount needs: the last of three has to be a zero
 */
export function toStripeAmount(amountMinor: Minor, currency: string, decimals: number): number | undefined {
  const amount = scaled(amountMinor, decimals, stripeDecimals(currency));
  return THREE_DECIMALS.has(currency) && (amount ?? 0) % 10 !== 0 ? undefined : amount;
}

/** Reads an amount of Stripe's into the shop's minor units. @returns `undefined` where it has more decimals */
export function fromStripeAmount(amount: number, currency: string, decimals: number): Minor | undefined {
  return scaled(amount, stripeDecimals(currency), decimals);
}

function scaled(amount: number, from: number, to: number): number | undefined {
  if (to >= from) return amount * 10 ** (to - from);
  const divisor = 10 ** (from - to);
  return amount % divisor === 0 ? amount / divisor : undefined;
}
