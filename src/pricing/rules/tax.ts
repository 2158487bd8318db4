import { type Minor, quotient } from "../../rules/money.ts";

/** A tax of a destination. */
export interface TaxRate {
  country: string;
  /** Empty for all that have no rate of their own. */
  category: string;
  rateBps: number;
}

const WHOLE_BPS = 10_000;

/**
 * The tax in or on an amount, rounded half away from zero.
 * @param isIncluded whether the amount has the tax in it already, or it is added to it
 */
export function taxOf(amountMinor: Minor, rateBps: number, isIncluded: boolean): Minor {
  const wholeBps = isIncluded ? WHOLE_BPS + rateBps : WHOLE_BPS;
  return quotient(BigInt(amountMinor) * BigInt(rateBps), BigInt(wholeBps));
}

/** The rate of a category in a country, in basis points: its own, else the country's, else none. */
export function rateFor(rates: readonly TaxRate[], country: string, category: string | null): number {
  const there = rates.filter((rate) => rate.country === country);
  const own = there.find((rate) => rate.category === (category ?? ""));
  return (own ?? there.find((rate) => rate.category === ""))?.rateBps ?? 0;
}
