import Papa from "papaparse";
import { fromCell } from "../rules/csv.ts";

/** A CSV file as it was read: its header, and its records with their numbers; `problem` says why it cannot be read for sure. */
export interface CsvFile {
  header: string[];
  /** Without blank ones, which are counted all the same: 1 is the first after the header. */
  records: { row: number; cells: string[] }[];
  problem: string | undefined;
}

/**
 * Reads CSV: commas, quotes, line ends of any kind, all like the header's. Blanks around a cell are cut off, and the quote that guards a formula is.
 * @param text without a byte order mark
 * Source: RFC 4180
 */
export function parseCsv(text: string): CsvFile {
  // What is before the line end, such as the CR of a CRLF, is a blank at the end of a cell.
  const newline = endsInReturns(text) ? "\r" : "\n";
  const { data, errors } = Papa.parse<string[]>(text, { delimiter: ",", newline });
  const [header = [], ...rows] = data;
  const records = rows
    .map((cells, index) => ({ row: index + 1, cells: cells.map((cell) => fromCell(cell.trim())) }))
    .filter(({ cells }) => cells.some((cell) => cell !== ""));
  const bad = errors.find(({ type }) => type === "Quotes");
  const problem = bad && `the quotes of row ${bad.row ?? 0} do not fit: ${bad.message}`;
  return { header: header.map((name) => name.trim()), records, problem };
}

/** Whether lines end in CR alone, as the header does; what is in quotes ends none. */
function endsInReturns(text: string): boolean {
  let isQuoted = false;
  for (const [mark] of text.matchAll(/"|\r\n?|\n/g)) {
    if (mark === '"') isQuoted = !isQuoted;
    else if (!isQuoted) return mark === "\r";
  }
  return false;
}
