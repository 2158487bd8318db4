import { sql } from "drizzle-orm";
import { type Query, row, rows, write } from "../db/client.ts";
import { aliasesOf, COUNTRY_ALIASES } from "../rules/countries.ts";
import type { TaxRate } from "./rules/tax.ts";
import { taxRates } from "./tables.ts";

/** The most rates of a shop, so that all fit into an isolate's memory and into one answer. */
export const MAX_TAX_RATES = 500;

/** Identifies a rate; an empty category is the country's default. */
export type TaxKey = Pick<TaxRate, "country" | "category">;

const ALIASES = JSON.stringify(Object.keys(COUNTRY_ALIASES));

const RATE = sql`country, category, rate_bps AS "rateBps"`;

/** All rates by country and category; at most `MAX_TAX_RATES`. */
export function findTaxRates(): Query<TaxRate[]> {
  return rows(
    sql`SELECT ${RATE} FROM ${taxRates} WHERE country NOT IN (SELECT value FROM json_each(${ALIASES})) ORDER BY country, category`,
  );
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

/**
 * Deletes a rate that is still as it was read, and what releases up to 0.3.0 wrote under another code of its country, such as `UK`: that
 * would apply again.
 */
export function deleteTaxRate({ country, category, rateBps }: TaxRate): Query<number> {
  const aliases = JSON.stringify(aliasesOf(country));
  return write(sql`
    DELETE FROM ${taxRates} WHERE category = ${category} AND EXISTS (
      SELECT 1 FROM ${taxRates} r WHERE r.country = ${country} AND r.category = ${category} AND r.rate_bps = ${rateBps})
      AND (country = ${country} OR country IN (SELECT value FROM json_each(${aliases})))`);
}
