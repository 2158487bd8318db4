import { type SQL, sql } from "drizzle-orm";
import { type Query, write } from "../db/client.ts";
import { ALL_COUNTRIES, COUNTRY_ALIASES } from "../rules/countries.ts";
import { OTHER_KEYS, postalKeySql } from "./postal-key-statements.ts";
import type { KnownCode } from "./rules/locate.ts";
import { compactPostalCode, normalisePostalCode, postalKey } from "./rules/postal-code.ts";
import { postalCodes } from "./tables.ts";

/** A value of a destination, or SQL for one that is stored in D1. */
export type ValueOrSql = string | SQL;

/**
 * SQL for the known codes around one in the order of their keys, as JSON: two seeks in the primary key, for codes that are their own
 * keys, and two in the index of the others: British codes, and what releases up to 0.3.0 stored in another form. D1 counts a row for each
 * seek, so none is made where there can be no such codes.
 * @param code as it was entered, or SQL for a stored one
 */
export function neighboursJson(country: ValueOrSql, code: ValueOrSql): SQL {
  if (typeof country === "string" && typeof code === "string") {
    const key = postalKey(country, normalisePostalCode(country, code));
    return sql`(SELECT ${NEIGHBOURS} FROM (${seeks(sql`${country}`, sql`${key}`, OTHER_KEYS.has(country))}))`;
  }
  const normalised = typeof code === "string" ? normalisedSql(code) : code;
  // Materialised, so that the stored values are read once.
  return sql`(
    WITH stored AS MATERIALIZED (SELECT ${country} AS stored_country),
      place AS MATERIALIZED (SELECT ${presentCountry(sql`stored_country`)} AS place_country, ${normalised} AS place_code FROM stored),
      sought AS MATERIALIZED (SELECT place_country, ${postalKeySql(sql`place_country`, sql`place_code`)} AS place_key FROM place)
    SELECT (SELECT ${NEIGHBOURS} FROM (${seeks(sql`s.place_country`, sql`s.place_key`, true)})) FROM sought s)`;
}

const NEIGHBOURS = sql`json_group_array(json_object('code', code, 'latitude', latitude, 'longitude', longitude))`;

/** @param withOthers whether codes may be stored that are not their own keys */
function seeks(country: SQL, key: SQL, withOthers: boolean): SQL {
  const found = (condition: SQL, order: SQL) =>
    sql`SELECT * FROM (SELECT code, latitude, longitude FROM ${postalCodes} WHERE country = ${country} AND ${condition} ORDER BY ${order} LIMIT 1)`;
  const own = [found(sql`code >= ${key}`, sql`code`), found(sql`code < ${key}`, sql`code DESC`)];
  const other = [
    found(sql`match_key <> code AND match_key >= ${key}`, sql`match_key`),
    found(sql`match_key <> code AND match_key < ${key}`, sql`match_key DESC`),
  ];
  return sql.join(withOthers ? [...own, ...other] : own, sql` UNION ALL `);
}

/** SQL for the present code of a country: releases up to 0.3.0 stored `UK` as it was given. */
function presentCountry(country: SQL): SQL {
  const aliases = Object.entries(COUNTRY_ALIASES).map(([alias, code]) => sql`WHEN ${sql.raw(`'${alias}' THEN '${code}'`)}`);
  return sql`CASE ${country} ${sql.join(aliases, sql` `)} ELSE ${country} END`;
}

/** SQL for an entered code, normalised for `stored_country`, which only D1 knows: most countries take it as it is. */
function normalisedSql(code: string): SQL {
  const compact = compactPostalCode(code);
  const others = ALL_COUNTRIES.map((country) => [country, normalisePostalCode(country, code)]).filter(
    ([, normalised]) => normalised !== compact,
  );
  const present = presentCountry(sql`stored_country`);
  return sql`coalesce(json_extract(${JSON.stringify(Object.fromEntries(others))}, '$.' || ${present}), ${compact})`;
}

/** @param codes normalised, each once */
export function upsertPostalCodes(country: string, codes: readonly KnownCode[]): Query<number> {
  // `WHERE true` keeps SQLite from reading ON CONFLICT as a join's condition.
  return write(sql`
    INSERT INTO ${postalCodes} (country, code, latitude, longitude)
    SELECT ${country}, value->>'code', value->>'latitude', value->>'longitude' FROM json_each(${JSON.stringify(codes)}) WHERE true
    ON CONFLICT (country, code) DO UPDATE SET latitude = excluded.latitude, longitude = excluded.longitude`);
}
