import { britishCode, britishKey, britishPrefixKey, writtenBritish } from "./british-code.ts";
import { isBritish, letteredCodes, levelsOf, type NumericCodes, numericCodes, routingKey } from "./postal-structures.ts";

/** Countries whose post adds four digits for a block to its five. */
const PLUS_FOUR = new Set(["US", "PR", "VI", "GU", "AS", "MP", "SA"]);

/**
 * Normalises a postal code for storage and comparison, by the structure of its country: `sw1a 1aa` becomes `SW1A1AA`, `94103-1234`
 * becomes `94103`, `75008 Paris` becomes `75008`. Text that is no code of the country keeps its letters and digits.
 */
export function normalisePostalCode(country: string, text: string): string {
  const cleaned = cleanedCode(text);
  const compact = lettersAndDigits(cleaned);
  return structuredCode(country, cleaned) ?? structuredCode(country, compact) ?? compact;
}

/** @returns `undefined` where the text has no code of the country */
function structuredCode(country: string, text: string): string | undefined {
  const numeric = numericCodes(country);
  if (numeric) return numericCode(text, country, numeric);
  if (isBritish(country)) return britishCode(text);
  const lettered = letteredCodes(country);
  const [, ...groups] = lettered?.pattern.exec(text) ?? [];
  if (lettered && groups.length > 0) return lettered.join(groups);
  return country === "IE" ? dublinKey(text) : undefined;
}

/** Normalises a postal code without knowing its country: upper case, only letters and digits. */
export function compactPostalCode(text: string): string {
  return lettersAndDigits(cleanedCode(text));
}

/**
 * Normalises the beginning of a postal code, by which a warehouse serves an area. The blank of a British sector is kept: `PA6 0` is
 * part of `PA6`, not `PA60`.
 */
export function normalisePrefix(text: string): string {
  const cleaned = cleanedCode(text);
  return /^[A-Z]{1,2}\d[A-Z\d]? \d$/.test(cleaned) ? cleaned : lettersAndDigits(cleaned);
}

/** The key in whose order codes of one area stand together. @param code normalised, by this release or an earlier one */
export function postalKey(country: string, code: string): string {
  return isBritish(country) ? britishKey(code) : normalisePostalCode(country, code);
}

/** Whether a code is in the area that a prefix names. @param code normalised  @param prefix as `normalisePrefix` returns it */
export function hasPrefix(country: string, code: string, prefix: string): boolean {
  const compact = lettersAndDigits(prefix);
  if (isBritish(country)) return postalKey(country, code).startsWith(britishPrefixKey(prefix));
  const { prefix: letters } = numericCodes(country) ?? { prefix: "" };
  // `1` and `L1` are one prefix of a code in Luxembourg.
  if (letters !== "" && /^\d/.test(compact)) return code.startsWith(letters + compact);
  return code.startsWith(country === "IE" ? routingKey(compact) : compact);
}

/** The positions of the blank or hyphen in a printed code, from its end. Source: UPU, Addressing systems by country */
const PRINTED: Readonly<Record<string, readonly [fromEnd: number, separator: string]>> = {
  ...Object.fromEntries(["GB", "GG", "IM", "JE", "CA"].map((country) => [country, [3, " "] as const])),
  ...Object.fromEntries(["CZ", "GR", "SE", "SK"].map((country) => [country, [2, " "] as const])),
  BR: [3, "-"],
  IE: [4, " "],
  JP: [4, "-"],
  LU: [4, "-"],
  LV: [4, "-"],
  MD: [4, "-"],
  MT: [4, " "],
  NL: [2, " "],
  PL: [3, "-"],
  PT: [3, "-"],
};

/** A normalised code as it is printed on a label: `SW1A1AA` as `SW1A 1AA`. */
export function printedPostalCode(country: string, code: string): string {
  const [fromEnd, separator] = PRINTED[country] ?? [0, ""];
  const numeric = numericCodes(country);
  const isWhole = numeric ? code.length === numeric.prefix.length + (numeric.lengths[0] ?? 0) : /^.{5,7}$/.test(code);
  if (fromEnd === 0 || !isWhole || code.includes(" ")) return code;
  return code.slice(0, -fromEnd) + separator + code.slice(-fromEnd);
}

/** The known part of a key, as it is written. */
export function writtenKey(country: string, key: string, sharedLength: number): string {
  if (!isBritish(country)) return key.slice(0, sharedLength);
  return writtenBritish(key.slice(0, levelsOf(country).find((length) => length <= sharedLength) ?? 0));
}

/**
 * Upper case, half width, every dash a hyphen, single blanks, without the mark that Japanese codes begin with.
 * NFKC turns full-width letters and digits, and no-break blanks, into plain ones. Source: Unicode Standard Annex 15
 */
function cleanedCode(text: string): string {
  const plain = text
    .normalize("NFKC")
    .toUpperCase()
    .replaceAll(/[\p{Pd}−ー]/gu, "-");
  return plain.replaceAll("〒", "").replaceAll(/\s+/g, " ").replaceAll(/ ?- ?/g, "-").trim();
}

function lettersAndDigits(text: string): string {
  return text.replaceAll(/[^A-Z0-9]/g, "");
}

/** The digits of a code in text that may have a prefix, such as a country's sign, and the name of the place after it. */
function numericCode(cleaned: string, country: string, structure: NumericCodes): string | undefined {
  const { lengths, lostZeros, prefix } = structure;
  const digits = /^[^\d]*(\d(?:[ .-]?\d)*)(?![A-Z\d])/.exec(cleaned)?.[1]?.replaceAll(/\D/g, "");
  if (digits === undefined) return undefined;
  if (lengths.includes(digits.length)) return prefix + digits;
  if (PLUS_FOUR.has(country) && digits.length === 9) return digits.slice(0, 5);
  const [length = 0] = lengths;
  const missing = length - digits.length;
  return missing > 0 && missing <= lostZeros ? prefix + digits.padStart(length, "0") : undefined;
}

/** Districts of Dublin were numbered before Eircodes. */
function dublinKey(text: string): string | undefined {
  const [, district] = /^DUBLIN (\d{1,2}|6W)$/.exec(text) ?? [];
  if (district !== undefined) return routingKey(`D${district}`);
  return /^[A-Z]\d$/.test(text) ? routingKey(text) : undefined;
}
