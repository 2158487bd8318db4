/** A country's codes of digits only, or of a constant prefix and digits. */
export interface NumericCodes {
  /** How many digits a code has. */
  lengths: readonly number[];
  /** The lengths of beginnings that name an area, the smallest area first. */
  levels: readonly number[];
  /** How many leading zeros a spreadsheet may have taken away. */
  lostZeros: number;
  /** Letters that every code begins with. */
  prefix: string;
}

/** A country's codes with letters among the digits. */
export interface LetteredCodes {
  /** Finds a code in text; its groups are joined by `join`. */
  pattern: RegExp;
  join: (groups: readonly string[]) => string;
  levels: readonly number[];
}

type NumericRow = readonly [countries: string, lengths: readonly number[], levels: readonly number[], lostZeros?: number];

/**
 * Countries by their number of digits, the levels of their areas, and the zeros that their codes begin with. A level of one digit is only
 * given where the first digit is a region of neighbours. Sources: UPU, Addressing systems by country; GeoNames, postal code files
 */
const NUMERIC_ROWS: readonly NumericRow[] = [
  ["IN", [6], [3, 2]],
  ["US PR VI GU AS MP UM", [5], [3, 2, 1], 2],
  ["FM MH PW", [5], [3, 2]],
  ["DE KR LT SK EE", [5], [2, 1], 1],
  ["IT FI AX PL", [5], [2, 1], 2],
  ["GR HR SE CZ RS ME TH", [5], [2, 1]],
  ["FR ES MX TR MY GF GP MQ RE YT PM NC PF WF MF BL UA DZ GT PE", [5], [2], 1],
  ["LK KE", [5], [2], 2],
  ["BA CR CU DO EG ID IQ JO KW LA LB MA MC MM MN MV NP NI PK SA SM SN SV SD UY VA XK ZM HN BT KH", [5], [2]],
  ["AT BE BG CH CY HU LI MK SI TN AL", [4], [2, 1]],
  ["GE NO AM PH", [4], [2, 1], 2],
  ["AU DK GL NZ", [4], [2], 1],
  ["ZA", [4], [2], 3],
  ["BD GW CV NE LR MZ PY VE SJ CC CX NF HM ET", [4], [2]],
  ["BY CN KG KZ RO RU TJ TM UZ EC CO SG NG VN TT PA", [6], [3, 2, 1], 1],
  ["BR", [8, 5], [3, 2, 1], 1],
  ["JP", [7], [3, 2, 1], 1],
  ["CL", [7], [3, 2, 1]],
  ["IL", [7, 5], [3, 2, 1]],
  ["PT", [7, 4], [4, 2, 1]],
  ["TW", [3, 5, 6], [3, 1]],
  ["IR", [10, 5], [3, 2, 1]],
  ["IS FO LS MG OM PG", [3], [2, 1]],
];

/** Countries whose codes begin with letters on labels and in the files of GeoNames. */
const PREFIXED_ROWS: readonly (readonly [country: string, prefix: string, digits: number, levels: readonly number[]])[] = [
  ["LU", "L", 4, [3, 2]],
  ["LV", "LV", 4, [4, 3]],
  ["MD", "MD", 4, [4, 3]],
  ["AZ", "AZ", 4, [4, 3]],
  ["AD", "AD", 3, [3]],
  ["BB", "BB", 5, [4]],
  ["HT", "HT", 4, [4, 3]],
  ["VC", "VC", 4, [4]],
  ["VG", "VG", 4, [4]],
  ["MS", "MSR", 4, [5]],
];

const NUMERIC: Readonly<Record<string, NumericCodes>> = Object.fromEntries([
  ...NUMERIC_ROWS.flatMap(([countries, lengths, levels, lostZeros = 0]) =>
    countries.split(" ").map((country) => [country, { lengths, levels, lostZeros, prefix: "" }] as const),
  ),
  ...PREFIXED_ROWS.map(
    ([country, prefix, digits, levels]) => [country, { lengths: [digits], levels, lostZeros: 0, prefix }] as const,
  ),
]);

/** The letters of an Eircode. Source: Eircode Product Guide, edition 2 */
const EIR = "AC-FHKNPRTV-Y";

const LETTERED: Readonly<Record<string, LetteredCodes>> = {
  CA: { ...anywhere("[ABCEGHJ-NPRSTVXY]\\d[A-Z]", "\\d[A-Z]\\d"), levels: [3, 2, 1] },
  // The letters of a Dutch code end it: 1012 Amsterdam has none.
  NL: { ...anywhere("\\d{4}", "(?:[A-Z]{2})?"), levels: [4, 2, 1] },
  // Its routing keys follow no order of place, but for the letter.
  IE: { ...anywhere(`[${EIR}]\\d{1,2}|D6W`, `[\\d${EIR}]{4}`), join: joinEircode, levels: [3, 1] },
  MT: { ...anywhere("[A-Z]{3}", "\\d{2,4}"), levels: [3] },
  BN: { ...anywhere("[A-Z]{2}", "\\d{4}"), levels: [4, 2, 1] },
  SZ: { ...anywhere("[A-Z]", "\\d{3}"), levels: [2, 1] },
  // A letter for the province and three for the side of a block were added in 1999; the digits are the old code.
  AR: { ...anywhere("[A-HJ-NP-Z]?\\d{4}", "(?:[A-Z]{3})?"), join: ([code = ""]) => code.slice(-4), levels: [2, 1] },
};

function anywhere(first: string, second: string) {
  const pattern = new RegExp(`(?:^|[ ,-])(${first})[ -]?(${second})(?=$|[ ,])`);
  return { pattern, join: (groups: readonly string[]) => groups.join("") };
}

function joinEircode([key = "", rest = ""]: readonly string[]): string {
  return routingKey(key) + rest;
}

/** A routing key has three characters; `D2` is `D02`. */
export function routingKey(key: string): string {
  return key.replace(/^([A-Z])(\d)$/, "$10$2");
}

export function numericCodes(country: string): NumericCodes | undefined {
  return NUMERIC[country];
}

export function letteredCodes(country: string): LetteredCodes | undefined {
  return LETTERED[country];
}

/** The lengths of beginnings that name an area, for countries that no table lists. */
const DEFAULT_LEVELS: readonly number[] = [2];

/** The lengths of beginnings of a key that name an area, the smallest area first. */
export function levelsOf(country: string): readonly number[] {
  if (isBritish(country)) return BRITISH_LEVELS;
  return (NUMERIC[country] ?? LETTERED[country])?.levels ?? DEFAULT_LEVELS;
}

/** The lengths of sector, outward code, outward code without its letter, and area, in `britishKey`. */
const BRITISH_LEVELS: readonly number[] = [6, 5, 4, 2];

/** Countries with British codes. */
export const BRITISH = ["GB", "GG", "IM", "JE"] as const;

export function isBritish(country: string): boolean {
  return (BRITISH as readonly string[]).includes(country);
}
