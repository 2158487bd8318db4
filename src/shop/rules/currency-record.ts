/** In what the amounts of a shop are stored. Written once, before the first amount, and never changed. */
export interface CurrencyRecord {
  currency: string;
  /** Digits after the point: an amount of 1999 is 19.99 with two. */
  decimals: number;
}

/** The settings that the record has to agree with. */
interface CurrencySettings {
  currency: string;
  currencyDecimals: number;
  /** Absent where the settings demand none. */
  statedDecimals?: number | undefined;
}

/**
 * Decides the record of a shop that has none yet.
 * @param formerDecimals of the rule of releases before 0.4.0, if the shop has amounts that they stored
 */
export function firstRecord(settings: CurrencySettings, formerDecimals: number | undefined): CurrencyRecord {
  const { currency, currencyDecimals, statedDecimals } = settings;
  return { currency, decimals: statedDecimals ?? formerDecimals ?? currencyDecimals };
}

/** What the settings say otherwise than the record; `undefined` where they agree. */
export function disagreement(settings: CurrencySettings, record: CurrencyRecord): string | undefined {
  const stored = `the shop's amounts are stored in ${record.currency} with ${record.decimals} decimals`;
  if (settings.currency !== record.currency) return `CURRENCY is ${settings.currency}, but ${stored}.`;
  const { statedDecimals } = settings;
  if (statedDecimals !== undefined && statedDecimals !== record.decimals)
    return `CURRENCY_DECIMALS is ${statedDecimals}, but ${stored}.`;
  return undefined;
}
