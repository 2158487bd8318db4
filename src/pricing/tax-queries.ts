import { sql } from "drizzle-orm";
import { type Query, row, rows, write } from "../db/client.ts";
import type { TaxRate } from "./rules/tax.ts";
import { taxRates } from "./tables.ts";

/** The most rates of a shop, so that all fit into an isolate's memory and into one answer. */
export const MAX_TAX_RATES = 500;

/** Identifies a rate; an empty category is the country's default. */
export type TaxKey = Pick<TaxRate, "country" | "category">;

const RATE = sql`country, category, rate_bps AS "rateBps"`;

/** All rates by country and category; at most `MAX_TAX_RATES`. */
export function findTaxRates(): Query<TaxRate[]> {
  return rows(sql`SELECT ${RATE} FROM ${taxRates} ORDER BY country, category`);
}

export function findTaxRate({ country, category }: TaxKey): Query<TaxRate | undefined> {
  return row(sql`SELECT ${RATE} FROM ${taxRates} WHERE country = ${country} AND category = ${category}`);
}

/**
 * Inserts or updates a rate that is still as it was read. If the shop already has `MAX_TAX_RATES`, `rate_bps` of a new one becomes NULL and
 * fails the batch.
 */
export function upsertTaxRate(read: TaxRate | undefined, { country, category, rateBps }: TaxRate): Query<number> {
  const isRate = sql`country = ${country} AND category = ${category}`;
  return write(sql`
    INSERT INTO ${taxRates} (country, category, rate_bps)
    SELECT ${country}, ${category}, iif(count(*) < ${MAX_TAX_RATES}, CAST(${rateBps} AS INTEGER), NULL)
    FROM ${taxRates} WHERE NOT (${isRate})
    HAVING (SELECT rate_bps FROM ${taxRates} WHERE ${isRate}) IS ${read?.rateBps ?? null}
    ON CONFLICT (country, category) DO UPDATE SET rate_bps = excluded.rate_bps`);
}

/** Deletes a rate that is still as it was read. */
export function deleteTaxRate({ country, category, rateBps }: TaxRate): Query<number> {
  return write(sql`DELETE FROM ${taxRates} WHERE country = ${country} AND category = ${category} AND rate_bps = ${rateBps}`);
}
