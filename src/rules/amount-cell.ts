/** Blanks that spreadsheets put between thousands. */
const BLANKS = /[\s\u00A0\u202F']/g;

/**
 * Reads the digits of an amount in a cell, with thousands and a decimal sign as spreadsheets write them.
 * @param hasDecimalComma of the file's dialect: `150,50` is one and a half hundred
 * @returns with a decimal point; the text as it is where it could mean two amounts
 */
export function amountText(cell: string, hasDecimalComma: boolean): string {
  const text = cell.replace(BLANKS, "");
  if (/^-?\d{1,3}(?:,\d{3})+\.\d+$/.test(text)) return text.replaceAll(",", "");
  if (!hasDecimalComma) return text;
  if (/^-?\d{1,3}(?:\.\d{3})+,\d+$/.test(text)) return text.replaceAll(".", "").replace(",", ".");
  return /^-?\d+,\d+$/.test(text) ? text.replace(",", ".") : text;
}
