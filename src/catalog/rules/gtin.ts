const LENGTHS = new Set([8, 12, 13, 14]);

/**
 * Normalises a barcode (GTIN-8, GTIN-12 = UPC-A, GTIN-13 = EAN-13 or GTIN-14) to GTIN-14 by leading zeros, so that one item number is
 * found whichever way it is printed.
 * @returns `undefined` for another length, a character that is no digit, or a wrong check digit
 * Source: GS1 General Specifications, 7.9.1, the check digit: digits weighted 3, 1, 3 … from the right, up to the next ten.
 */
export function toGtin14(barcode: string): string | undefined {
  if (!LENGTHS.has(barcode.length) || !/^[0-9]+$/.test(barcode)) return undefined;
  const gtin = barcode.padStart(14, "0");
  const sum = Array.from(gtin, Number).reduce((total, digit, index) => total + digit * (index % 2 === 0 ? 3 : 1), 0);
  return sum % 10 === 0 ? gtin : undefined;
}

/** The lengths at which a GTIN-14 may be printed, shortest first: those that only leave out leading zeros. */
export function printedForms(gtin: string): string[] {
  return [8, 12, 13, 14].filter((length) => Number(gtin.slice(0, 14 - length)) === 0).map((length) => gtin.slice(14 - length));
}

/**
 * Whether a number is the shop's own, which means another thing in another shop: GS1 prefixes 02, 04 and 20 to 29, and GTIN-8 from 0 or 2.
 * Source: GS1 General Specifications, 1.4, restricted circulation numbers.
 */
export function isInStore(gtin: string): boolean {
  return gtin.startsWith("000000") ? /^[02]/.test(gtin.slice(6)) : /^0(?:02|04|2)/.test(gtin);
}

const UPC_E = /^([01])(\d{6})(\d)$/;

/**
 * The UPC-A that a UPC-E shortens: its sixth digit says where the zeros were.
 * @returns `undefined` where it is none, or its check digit is wrong
 * Source: GS1 General Specifications, 5.2.2.4.2
 */
export function fromUpcE(digits: string): string | undefined {
  const [, system, six, check] = UPC_E.exec(digits) ?? [];
  if (system === undefined || six === undefined || check === undefined) return undefined;
  const upcA = `${system}${unshortened(six)}${check}`;
  return toGtin14(upcA) === undefined ? undefined : upcA;
}

function unshortened(six: string): string {
  const last = six.slice(5);
  if (last <= "2") return `${six.slice(0, 2)}${last}0000${six.slice(2, 5)}`;
  if (last === "3") return `${six.slice(0, 3)}00000${six.slice(3, 5)}`;
  if (last === "4") return `${six.slice(0, 4)}00000${six.slice(4, 5)}`;
  return `${six.slice(0, 5)}0000${last}`;
}
