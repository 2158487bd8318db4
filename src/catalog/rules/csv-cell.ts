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

/** Writes one record, its cells as they are, quoted where they must be. Source: RFC 4180, 2. */
export function toCsvLine(cells: readonly string[]): string {
  const quoted = cells.map((cell) => (/[",\r\n]|^\s|\s$/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell));
  return `${quoted.join(",")}\r\n`;
}
