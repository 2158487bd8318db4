import { assignedCode } from "../../rules/countries.ts";
import { type Minor, quotient } from "../../rules/money.ts";

/** The tax rate of a destination. */
export interface TaxRate {
  country: string;
  /** Empty for the country's default rate. */
  category: string;
  rateBps: number;
}

const WHOLE_BPS = 10_000;

/**
 * The tax of an amount, rounded half away from zero.
 * @param isIncluded whether the amount includes the tax; otherwise the tax is added to it
 */
export function taxOf(amountMinor: Minor, rateBps: number, isIncluded: boolean): Minor {
  const wholeBps = isIncluded ? WHOLE_BPS + rateBps : WHOLE_BPS;
  return quotient(BigInt(amountMinor) * BigInt(rateBps), BigInt(wholeBps));
}

/** The rate of a category in a country, in basis points: its own, else the country's default, else 0. */
export function rateFor(rates: readonly TaxRate[], country: string, category: string | null): number {
  const present = assignedCode(country);
  // Releases up to 0.3.0 wrote rates of `UK` beside those of `GB`.
  const ofCountry = rates
    .filter((rate) => assignedCode(rate.country) === present)
    .toSorted((a, b) => Number(b.country === present) - Number(a.country === present));
  const own = ofCountry.find((rate) => rate.category === (category ?? ""));
  return (own ?? ofCountry.find((rate) => rate.category === ""))?.rateBps ?? 0;
}
