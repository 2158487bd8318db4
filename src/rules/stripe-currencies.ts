/** How Stripe's API states the amounts of a currency. */
interface StripeUnits {
  decimals: number;
  /** Amounts are multiples of it, in Stripe's units. */
  multipleOf: number;
}

const TWO_DECIMALS: StripeUnits = { decimals: 2, multipleOf: 1 };

/**
 * Where Stripe's amounts are not in hundredths. Source: https://docs.stripe.com/currencies, "Zero-decimal", "Three-decimal" and "Special cases".
 * ISK and UGX have no decimals any more, and the API keeps two, which must be zero. HUF and TWD are charged and refunded in hundredths
 * like others: only payouts from Stripe to the shop's bank are in whole units, and those are not made here.
 */
const EXCEPTIONS: readonly (readonly [codes: string, units: StripeUnits])[] = [
  ["BIF CLP DJF GNF JPY KMF KRW MGA PYG RWF VND VUV XAF XOF XPF", { decimals: 0, multipleOf: 1 }],
  ["ISK UGX", { decimals: 2, multipleOf: 100 }],
  ["BHD JOD KWD OMR TND", { decimals: 3, multipleOf: 10 }],
];

const UNITS: ReadonlyMap<string, StripeUnits> = new Map(
  EXCEPTIONS.flatMap(([codes, units]) => codes.split(" ").map((code) => [code, units] as const)),
);

/** Stripe's units of a currency. @param currency in capitals */
export function stripeUnits(currency: string): StripeUnits {
  return UNITS.get(currency) ?? TWO_DECIMALS;
}
