import { sql } from "drizzle-orm";
import { type Query, row, rows, write } from "../db/client.ts";
import type { TaxRate } from "./rules/tax.ts";
import { taxRates } from "./tables.ts";

/** So that the whole list fits into an isolate's memory and into one answer. */
export const MAX_TAX_RATES = 500;

/** Which rate; the category is empty for all that have none of their own. */
export type TaxKey = Pick<TaxRate, "country" | "category">;

const RATE = sql`country, category, rate_bps AS "rateBps"`;

/** All of them, by their countries; `MAX_TAX_RATES` at most. */
export function findTaxRates(): Query<TaxRate[]> {
  return rows(sql`SELECT ${RATE} FROM ${taxRates} ORDER BY country, category`);
}

export function findTaxRate({ country, category }: TaxKey): Query<TaxRate | undefined> {
  return row(sql`SELECT ${RATE} FROM ${taxRates} WHERE country = ${country} AND category = ${category}`);
}

/**
 * Writes a rate, new or not, where it is still as it was read. Where the shop has as many as it may have, `rate_bps` of one more becomes
 * NULL and fails the batch.
 */
export function upsertTaxRate(read: TaxRate | undefined, { country, category, rateBps }: TaxRate): Query<number> {
  const isIt = sql`country = ${country} AND category = ${category}`;
  return write(sql`
    INSERT INTO ${taxRates} (country, category, rate_bps)
    SELECT ${country}, ${category}, iif(count(*) < ${MAX_TAX_RATES}, CAST(${rateBps} AS INTEGER), NULL)
    FROM ${taxRates} WHERE NOT (${isIt})
    HAVING (SELECT rate_bps FROM ${taxRates} WHERE ${isIt}) IS ${read?.rateBps ?? null}
    ON CONFLICT (country, category) DO UPDATE SET rate_bps = excluded.rate_bps`);
}

/** Deletes a rate that is still as it was read. */
export function deleteTaxRate({ country, category, rateBps }: TaxRate): Query<number> {
  return write(sql`DELETE FROM ${taxRates} WHERE country = ${country} AND category = ${category} AND rate_bps = ${rateBps}`);
}
