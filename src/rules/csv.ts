export type Cell = string | number | null;

/**
 * Text that a spreadsheet would run as a formula, by its first character, and such text that was already quoted.
 * Source: https://owasp.org/www-community/attacks/CSV_Injection
 */
const FORMULA = /^'*[=+\-@\t\r\n＝＋－＠]/u;

/** Prefixes text that a spreadsheet would run with a quote. Quoted formulas get one more, so that `fromCell` restores every text. */
export function toCell(text: string): string {
  return FORMULA.test(text) ? `'${text}` : text;
}

/** Removes the quote that `toCell` added. */
export function fromCell(cell: string): string {
  return cell.startsWith("'") && FORMULA.test(cell) ? cell.slice(1) : cell;
}

/**
 * Formats one record of a CSV file, with its line end. Text that a spreadsheet would run gets a quote in front.
 * Source: RFC 4180
 */
export function csvLine(cells: readonly Cell[], delimiter = ","): string {
  return `${cells.map((cell) => toField(cell, delimiter)).join(delimiter)}\r\n`;
}

function toField(cell: Cell, delimiter: string): string {
  if (cell === null) return "";
  if (typeof cell === "number") return String(cell);
  const text = toCell(cell);
  return /[",\r\n]/.test(text) || text.includes(delimiter) ? `"${text.replaceAll('"', '""')}"` : text;
}
