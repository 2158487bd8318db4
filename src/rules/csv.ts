export type Cell = string | number | null;

/**
 * What a spreadsheet would take for a formula: such a sign at the beginning, and whatever we ourselves have made of it before.
 * Source: https://owasp.org/www-community/attacks/CSV_Injection
 */
const FORMULA = /^'*[=+\-@\t\r\n＝＋－＠]/u;

/** Puts a quote before text that a spreadsheet would run. Text that has quotes and then such a sign gets one more, so that `fromCell` gives all text back. */
export function toCell(text: string): string {
  return FORMULA.test(text) ? `'${text}` : text;
}

/** Takes away the one quote that `toCell` has put there. */
export function fromCell(cell: string): string {
  return cell.startsWith("'") && FORMULA.test(cell) ? cell.slice(1) : cell;
}

/**
 * Writes one record of a CSV file, with its line end. A text that a spreadsheet would run gets a quote in front; numbers are as
 * they are.
 * Source: RFC 4180
 */
export function csvLine(cells: readonly Cell[]): string {
  return `${cells.map(toField).join(",")}\r\n`;
}

function toField(cell: Cell): string {
  if (cell === null) return "";
  if (typeof cell === "number") return String(cell);
  const text = toCell(cell);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
