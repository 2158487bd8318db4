export type Cell = string | number | null;

/** What a spreadsheet takes for a formula. Quotes before it count, so that taking one away gives back what was there. */
const FORMULA = /^'*[=+\-@\t\r]/;

/**
 * Writes one record of a CSV file, with its line end. A text that a spreadsheet would run gets a quote in front; numbers are as
 * they are.
 * Source: RFC 4180; https://owasp.org/www-community/attacks/CSV_Injection
 */
export function csvLine(cells: readonly Cell[]): string {
  return `${cells.map(toField).join(",")}\r\n`;
}

function toField(cell: Cell): string {
  if (cell === null) return "";
  if (typeof cell === "number") return String(cell);
  const text = FORMULA.test(cell) ? `'${cell}` : cell;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
