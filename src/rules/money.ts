import { stripeUnits } from "./stripe-currencies.ts";

/** An amount in the currency's integer minor units: 15000 is 150.00 rupees or 15000 yen. */
export type Minor = number;

/** The largest sum: fifteen digits, which a double represents exactly enough to print them unchanged, with or without decimals. */
export const MAX_SUM_MINOR = 999_999_999_999_999;

/** The largest accepted price or cost: above any real one and far below the largest sum. */
const MAX_MINOR = 1_000_000_000_000;

/**
 * Converts a decimal amount in major units, as in JSON, to minor units.
 * @param major such as 150.5  @param decimals digits after the point of the currency: 2 for INR, 0 for JPY
 * @param mostMinor the largest accepted amount; that of a price by default
 * @returns `undefined` when it has more decimals than the currency, or is not a finite amount in range
 */
export function toMinor(major: number, decimals: number, mostMinor = MAX_MINOR): Minor | undefined {
  return parseMinor(String(major), decimals, mostMinor);
}

/**
 * Converts a decimal amount in major units, as in a file, to minor units. Accepts a sign, digits and one decimal point.
 * @param text such as `150.50`  @param decimals as of `toMinor`
 * @returns `undefined` as `toMinor`
 */
export function parseMinor(text: string, decimals: number, mostMinor = MAX_MINOR): Minor | undefined {
  const match = /^(-?)(\d+)(?:\.(\d+))?$/.exec(text);
  if (!match) return undefined;
  const [, sign, whole, fraction = ""] = match;
  if (fraction.length > decimals) return undefined;
  const minor = Number(`${whole}${fraction.padEnd(decimals, "0")}`);
  if (minor > mostMinor) return undefined;
  return sign && minor > 0 ? -minor : minor;
}

/** Converts minor units to major units for JSON: the double nearest to the exact value. */
export function toMajor(minor: Minor, decimals: number): number {
  return minor / 10 ** decimals;
}

/**
 * Computes a share of an amount exactly, rounded half away from zero.
 * @param rateBps basis points: 100 = 1 %
 */
export function shareOf(amountMinor: Minor, rateBps: number): Minor {
  return quotient(BigInt(amountMinor) * BigInt(rateBps), 10_000n);
}

/** Divides integers, rounding half away from zero. @param divisor above zero */
export function quotient(dividend: bigint, divisor: bigint): number {
  const size = dividend < 0n ? -dividend : dividend;
  const rounded = (2n * size + divisor) / (2n * divisor);
  return Number(dividend < 0n ? -rounded : rounded);
}

/** Rounds an amount to a multiple of a step, half away from zero. @param stepMinor above zero */
export function roundToStep(amountMinor: Minor, stepMinor: Minor): Minor {
  return quotient(BigInt(amountMinor), BigInt(stepMinor)) * stepMinor;
}

/** The smallest amount of a currency that cards are charged, in minor units; charges are multiples of it. */
export function chargeStep(currency: string): Minor {
  const { decimals, multipleOf } = stripeUnits(currency);
  return decimals === 3 ? multipleOf : 1;
}
