import { type SQL, sql } from "drizzle-orm";
import { BRITISH } from "./rules/postal-structures.ts";

/** Countries whose codes some data sets write with the country's sign before them, such as `SE11120`. */
const SIGNED = "AT BE BG CH CZ DE DK ES FI FR GR HR HU IT LI LT NO PL PT RO SE SI SK MK RS ME".split(" ");

/** Countries whose codes begin with the country's letters. */
const LETTERED = "AD AZ BB HT LV MD VC VG".split(" ");

/** Where codes may be stored that are not their own keys. */
export const OTHER_KEYS: ReadonlySet<string> = new Set([...BRITISH, ...SIGNED, ...LETTERED, "AR", "LU"]);

/**
 * `postalKey` of `rules/postal-code.ts` in SQL, for codes that any release has stored. The column `match_key` of `postal_codes` has the same
 * text: change both, in a new migration.
 * @param country SQL of a country  @param code SQL of a normalised code
 */
export function postalKeySql(country: SQL, code: SQL): SQL {
  return sql`CASE
    WHEN ${country} IN (${list(BRITISH)}) THEN CASE WHEN ${code} GLOB '[A-Z][A-Z]*'
      THEN ${britishKeySql(sql`substr(${code}, 1, 2)`, sql`substr(${code}, 3)`)}
      ELSE ${britishKeySql(sql`substr(${code}, 1, 1) || ' '`, sql`substr(${code}, 2)`)} END
    WHEN ${country} = 'AR' AND ${code} GLOB '[A-Z][0-9]*' THEN substr(${code}, 2, 4)
    WHEN ${country} = 'LU' AND ${code} GLOB '[0-9]*' THEN 'L' || ${code}
    WHEN ${country} IN (${list(LETTERED)}) AND ${code} GLOB '[0-9]*' THEN ${country} || ${code}
    WHEN ${country} IN (${list(SIGNED)}) AND ${code} GLOB '[A-Z]*[0-9]' THEN ltrim(${code}, 'ABCDEFGHIJKLMNOPQRSTUVWXYZ')
    ELSE ${code} END`;
}

/** Literals, because an expression of a column has no parameters. */
function list(countries: readonly string[]): SQL {
  return sql.raw(countries.map((country) => `'${country}'`).join(","));
}

/** @param area in two characters  @param rest what follows the area */
function britishKeySql(area: SQL, rest: SQL): SQL {
  const hasOneDigit = sql`${rest} NOT GLOB '?[0-9]*' OR (${rest} GLOB '*[0-9][A-Z][A-Z]' AND length(${rest}) = 4)`;
  const tail = (at: number) =>
    sql`iif(substr(${rest}, ${sql.raw(String(at))}) GLOB '[A-Z]*', '', ' ') || replace(substr(${rest}, ${sql.raw(String(at))}), ' ', '')`;
  return sql`${area} || CASE WHEN ${rest} = '' THEN '' WHEN ${hasOneDigit} THEN '0' || substr(${rest}, 1, 1) || ${tail(2)}
    ELSE substr(${rest}, 1, 2) || ${tail(3)} END`;
}
