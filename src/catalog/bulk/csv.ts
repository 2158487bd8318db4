import Papa from "papaparse";
import { fromCell } from "../../rules/csv.ts";

/** A parsed CSV file: its header, and its numbered records; `problem` is why its records are in doubt. */
export interface CsvFile {
  /** In lower case, with underscores for blanks and hyphens. */
  header: string[];
  /** Without blank records, which are counted all the same: 1 is the first record after the header. */
  records: { row: number; cells: string[] }[];
  problem: string | undefined;
}

/** How a spreadsheet wrote a file. */
export interface CsvDialect {
  delimiter: "," | ";" | "\t" | "|";
  /** Amounts may have a decimal comma: cells are not separated by commas. */
  hasDecimalComma: boolean;
}

/** How far the header is searched for. */
const MAX_HEADER = 65_536;

const DELIMITERS = [",", ";", "\t", "|"] as const;

/** The first line by which Excel is told the separator. */
const SEPARATOR_LINE = /^"?sep=([,;\t|])"?(?:\r\n|\n|\r)/i;

/** Finds how a file was written: by its `sep=` line, else by the separator that its header has most of, outside of quotes. */
export function dialectOf(text: string): CsvDialect {
  const named = SEPARATOR_LINE.exec(text)?.[1];
  const header = headerLine(text).replaceAll(/"[^"]*"/g, "");
  const counts = DELIMITERS.map((each) => header.split(each).length);
  const delimiter = DELIMITERS.find((each) => each === named) ?? DELIMITERS[counts.indexOf(Math.max(...counts))] ?? ",";
  return { delimiter, hasDecimalComma: delimiter !== "," };
}

/**
 * Parses CSV in any dialect of spreadsheets; all lines end as the header does. Cells are trimmed, the quote in front of a formula is removed,
 * and so are empty columns at the end.
 * @param text without a byte order mark
 * Source: RFC 4180
 */
export function parseCsv(text: string): CsvFile {
  const body = text.replace(SEPARATOR_LINE, "");
  // The CR of a CRLF stays at the end of the last cell, where trimming removes it.
  const newline = headerEnd(body) === "\r" ? "\r" : "\n";
  const { data, errors } = Papa.parse<string[]>(body, { delimiter: dialectOf(text).delimiter, newline });
  const [names = [], ...rows] = data;
  const header = withoutEmptyEnd(names.map(nameOf));
  const records = rows
    .map((cells, index) => ({ row: index + 1, cells: withoutEmptyEnd(cells.map(cellOf), header.length) }))
    .filter(({ cells }) => cells.some((cell) => cell !== ""));
  const bad = errors.find(({ type }) => type === "Quotes");
  const problem = bad && `the quotes of row ${bad.row ?? 0} do not match: ${bad.message}`;
  return { header, records, problem };
}

/** `Product ID` and `product-id` are `product_id`. */
function nameOf(name: string): string {
  return name
    .replaceAll(/^[\s"]+|[\s"]+$/g, "")
    .toLowerCase()
    .replaceAll(/[\s-]+/g, "_");
}

/** A spreadsheet writes `="0123"` to keep a text a text. */
function cellOf(cell: string): string {
  const text = cell.trim();
  return fromCell(/^="([^"=]*)"$/.exec(text)?.[1] ?? text);
}

/** Removes empty cells at the end, beyond so many that stay. */
function withoutEmptyEnd(cells: readonly string[], least = 1): string[] {
  const last = cells.findLastIndex((cell) => cell !== "");
  return cells.slice(0, Math.max(last + 1, Math.min(least, cells.length)));
}

/** The line end of the header; line ends in quotes do not count. */
function headerEnd(text: string): string | undefined {
  return /^(?:[^"\r\n]|"[^"]*")*(\r\n|\r|\n)/.exec(text.slice(0, MAX_HEADER))?.[1];
}

function headerLine(text: string): string {
  return /^(?:[^"\r\n]|"[^"]*")*/.exec(text.slice(0, MAX_HEADER).replace(SEPARATOR_LINE, ""))?.[0] ?? "";
}
