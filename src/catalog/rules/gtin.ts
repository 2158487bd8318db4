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
