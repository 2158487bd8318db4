import { fromUpcE, isInStore, printedForms, toGtin14 } from "./gtin.ts";

/** FNC1 in the data of a GS1 symbol, where a scanner sends it: ASCII 29. */
const FNC1 = "\u001D";

/** The symbology identifier that a scanner may send first. Source: ISO/IEC 15424 */
const SYMBOLOGY = /^\](?:[A-Za-z][0-9A-Za-z])/;

/** The symbology identifier of an EAN-8. */
const EAN_8 = "]E4";

/** The lengths of the application identifiers that no FNC1 ends, by their first two digits. Source: GS1 General Specifications, 7.8.5 */
const FIXED_LENGTHS: ReadonlyMap<string, number> = new Map([
  ["00", 20],
  ["01", 16],
  ["02", 16],
  ["03", 16],
  ["04", 18],
  ...["11", "12", "13", "14", "15", "16", "17", "18", "19"].map((prefix) => [prefix, 8] as const),
  ["20", 4],
  ...["31", "32", "33", "34", "35", "36"].map((prefix) => [prefix, 10] as const),
  ["41", 16],
]);

/** `(01)` with its number, as it is printed below a symbol, with or without others before it. */
const BRACKETED = /^(?:\(\d{2,4}\)[^()]+)*?\(01\)(\d{14})(?:\(|$)/;

/** The item number in the path of a GS1 digital link. Source: GS1 Digital Link URI Syntax, 1.4, 4.9 */
const LINKED = /^https?:\/\/[^/?#]+\/(?:[^?#]*\/)?(?:01|gtin)\/(\d{8}|\d{12,14})(?:[/?#]|$)/i;

const ISBN_10 = /^\d{9}[\dX]$/i;

/** What the digits of a product can be found by: a barcode as people type it, or as a scanner sends what it read. */
interface ReadCode {
  /** The number as it is printed: 8, 12, 13 or 14 digits; of a UPC-E its UPC-A. */
  printed: string;
  /** GTIN-14s that it can stand for, the likeliest first. */
  gtins: string[];
}

/**
 * Reads a barcode with whatever a scanner, a person or a spreadsheet put around it: line ends, FNC1, symbology identifiers, GS1 element
 * strings and digital links, hyphens and blanks, full-width digits; ISBN-10 becomes ISBN-13.
 * @returns `undefined` where it is none, or its check digit is wrong
 */
export function readCode(text: string): ReadCode | undefined {
  const sent = text.normalize("NFKC").trim();
  const symbology = SYMBOLOGY.exec(sent)?.[0] ?? "";
  const data = sent.slice(symbology.length);
  const carried = LINKED.exec(data)?.[1] ?? BRACKETED.exec(data)?.[1] ?? elementGtin(data);
  if (carried !== undefined) return carriedCode(carried);
  const digits = data.replaceAll(FNC1, "").replaceAll(/[\s\p{Pd}]/gu, "");
  return plainCode(ISBN_10.test(digits) ? (isbn13(digits) ?? digits) : digits, symbology === EAN_8);
}

/**
 * Eight digits may be a GTIN-8 or a UPC-E. A GTIN-8 that begins with 0 is a shop's own, so there the UPC-E comes first; the other is looked up
 * too, because releases before 0.4.0 knew only the GTIN-8.
 */
function plainCode(digits: string, isEan8: boolean): ReadCode | undefined {
  const plain = { printed: digits, gtin: toGtin14(digits) };
  const upcA = isEan8 ? undefined : fromUpcE(digits);
  const upcE = { printed: upcA ?? "", gtin: toGtin14(upcA ?? "") };
  const found = (digits.startsWith("0") ? [upcE, plain] : [plain, upcE]).filter(({ gtin }) => Number(gtin) > 0);
  const [first] = found;
  return first && { printed: first.printed, gtins: found.flatMap(({ gtin }) => gtin ?? []) };
}

/** The number of a symbol or link that says what it carries. A shop's own number cannot be in one: it means nothing outside of the shop. */
function carriedCode(digits: string): ReadCode | undefined {
  const gtin = toGtin14(digits.padStart(14, "0"));
  const [printed] = gtin === undefined ? [] : printedForms(gtin);
  return gtin === undefined || printed === undefined || Number(gtin) === 0 || isInStore(gtin)
    ? undefined
    : { printed, gtins: [gtin] };
}

/** Finds `01` among elements that follow each other without brackets. @returns `undefined` where it is no element string */
function elementGtin(data: string): string | undefined {
  let rest = data.startsWith(FNC1) ? data.slice(1) : data;
  if (rest.length < 16) return undefined;
  while (rest !== "") {
    if (rest.startsWith("01")) return /^\d{14}/.exec(rest.slice(2))?.[0];
    const length = FIXED_LENGTHS.get(rest.slice(0, 2)) ?? (rest.indexOf(FNC1) + 1 || rest.length);
    rest = rest.slice(length);
    if (rest.startsWith(FNC1)) rest = rest.slice(1);
  }
  return undefined;
}

/** Source: ISO 2108, ISBN-10: digits weighted 10 to 1, X is 10, up to a multiple of 11. */
function isbn13(digits: string): string | undefined {
  const sum = Array.from(digits.toUpperCase()).reduce(
    (total, digit, index) => total + (digit === "X" ? 10 : Number(digit)) * (10 - index),
    0,
  );
  if (sum % 11 !== 0 || /^0*$/.test(digits)) return undefined;
  const body = `978${digits.slice(0, 9)}`;
  const weighted = Array.from(body, Number).reduce((total, digit, index) => total + digit * (index % 2 === 0 ? 1 : 3), 0);
  return `${body}${(10 - (weighted % 10)) % 10}`;
}
