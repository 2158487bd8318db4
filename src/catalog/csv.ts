import Papa from "papaparse";
import { fromCell } from "../rules/csv.ts";

/** A parsed CSV file: its header, and its numbered records; `problem` is why its records are in doubt. */
export interface CsvFile {
  header: string[];
  /** Without blank records, which are counted all the same: 1 is the first record after the header. */
  records: { row: number; cells: string[] }[];
  problem: string | undefined;
}

/**
 * Parses CSV with commas and quotes; all lines end as the header does. Cells are trimmed, and the quote in front of a formula is removed.
 * @param text without a byte order mark
 * Source: RFC 4180
 */
export function parseCsv(text: string): CsvFile {
  // The CR of a CRLF stays at the end of the last cell, where trimming removes it.
  const newline = endsInReturns(text) ? "\r" : "\n";
  const { data, errors } = Papa.parse<string[]>(text, { delimiter: ",", newline });
  const [header = [], ...rows] = data;
  const records = rows
    .map((cells, index) => ({ row: index + 1, cells: cells.map((cell) => fromCell(cell.trim())) }))
    .filter(({ cells }) => cells.some((cell) => cell !== ""));
  const bad = errors.find(({ type }) => type === "Quotes");
  const problem = bad && `the quotes of row ${bad.row ?? 0} do not match: ${bad.message}`;
  return { header: header.map((name) => name.trim()), records, problem };
}

/** Whether the header ends in CR alone; line ends in quotes do not count. */
function endsInReturns(text: string): boolean {
  let isQuoted = false;
  for (const [mark] of text.matchAll(/"|\r\n?|\n/g)) {
    if (mark === '"') isQuoted = !isQuoted;
    else if (!isQuoted) return mark === "\r";
  }
  return false;
}
