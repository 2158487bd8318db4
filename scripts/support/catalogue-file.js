import { readFileSync } from "node:fs";
import { dialectOf, parseCsv } from "../../src/catalog/bulk/csv.ts";
import { cellsBy, foreignFormatOf } from "../../src/catalog/bulk/foreign-records.ts";
import { readRows } from "../../src/catalog/bulk/import-json.ts";
import { BULK_FORMATS } from "../../src/catalog/rules/bulk-file.ts";
import { duplicatesIn } from "../../src/catalog/rules/import-keys.ts";
import { csvLine } from "../../src/rules/csv.ts";
import { decodeFile } from "../../src/rules/text-encoding.ts";
import { failure } from "./failure.js";

/**
 * @typedef {"csv" | "ndjson"} Format
 * @typedef {{ body: string, numbers: number[] }} Piece what one request takes; `numbers` are those of its rows in the file
 * @typedef {{ rows: number, bytes: number }} Limits
 */

/** The bounds of one request. What is tried is sent whole as far as possible, because its rows may need each other. */
export const WHOLE_LIMITS = { rows: 5_000, bytes: 4_500_000 };

/** As many decimals as any currency has: a row with more cannot be read in any shop. */
const MAX_DECIMALS = 3;

/** Far below the API's bounds of one import, 5,000 rows and 5 MiB: a small part is answered soon, and shows how far it has come. */
const LIMITS = { rows: 500, bytes: 1_024 * 1_024 };

/**
 * Finds a file's format by its name.
 * @param {string} path @returns {Format | undefined}
 */
export function formatOf(path) {
  if (/\.csv$/i.test(path)) return "csv";
  return /\.(ndjson|jsonl)$/i.test(path) ? "ndjson" : undefined;
}

/**
 * Reads a file as the API does: UTF-8, UTF-16 or windows-1252, without its byte order mark.
 * @param {string} path @throws a failure if there is no such file
 */
export function readCatalogue(path) {
  try {
    return decodeFile(readFileSync(path));
  } catch (error) {
    const { code } = /** @type {NodeJS.ErrnoException} */ (error);
    throw failure(code === "ENOENT" ? `There is no file ${path}.` : `${path} cannot be read (${code}).`);
  }
}

/**
 * Splits a catalogue into parts that fit into one request, between rows; a line end within quotes is no end of a row. Blank rows are left
 * out, but counted. The records of a product of another shop system stay together.
 * @param {string} text @param {Format} format @param {Limits} limits @param {ReadonlySet<number>} leftOut numbers of rows that are not sent
 * @returns {Piece[]}
 * @throws a failure if quotes are unbalanced, because everything after them would be read wrongly
 */
export function piecesOf(text, format, limits = LIMITS, leftOut = new Set()) {
  const { head, rows: found } = format === "csv" ? csvRows(text) : { head: "", rows: lines(text) };
  // A request handles its bundles last. Across requests bundles have to come last too, because their components may be new.
  const rows = found
    .filter(({ numbers }) => !numbers.some((number) => leftOut.has(number)))
    .toSorted((a, b) => Number(a.isBundle) - Number(b.isBundle));
  /** @type {Piece[]} */
  const pieces = [];
  let bytes = 0;
  for (const { numbers, line } of rows) {
    const size = Buffer.byteLength(line);
    let piece = pieces.at(-1);
    if (!piece || piece.numbers.length + numbers.length > limits.rows || bytes + size > limits.bytes) {
      piece = { body: head, numbers: [] };
      pieces.push(piece);
      bytes = Buffer.byteLength(head);
    }
    piece.body += line;
    piece.numbers.push(...numbers);
    bytes += size;
  }
  return pieces;
}

/**
 * Finds the rows that have a name which an earlier row of the file has, as the API does: it sees only the rows of one part.
 * @param {string} text @param {Format} format
 * @returns {{ row: number, product_id: string, outcome: "refused", errors: { field: string, message: string }[] }[]}
 */
export function repeatedRows(text, format) {
  const rows = piecesOf(text, format, WHOLE_LIMITS).flatMap(({ body, numbers }) =>
    readablePiece(body, format).flatMap(({ row, wanted }) => (wanted ? [{ row: numbers[row - 1] ?? row, wanted }] : [])),
  );
  rows.sort((a, b) => a.row - b.row);
  const errors = duplicatesIn(rows.map(({ wanted }) => wanted));
  return rows.flatMap(({ row, wanted }, index) => {
    const own = errors[index] ?? [];
    return own.length > 0 ? [{ row, product_id: wanted.productId, outcome: "refused", errors: own }] : [];
  });
}

/** A file that cannot be read at all is refused by the server, which says why. @param {string} body @param {Format} format */
function readablePiece(body, format) {
  try {
    return readRows(body, BULK_FORMATS[format], MAX_DECIMALS);
  } catch {
    return [];
  }
}

/**
 * The rows as the API reads them, written again in the file's own dialect.
 * @param {string} text
 */
function csvRows(text) {
  const { header, records, problem } = parseCsv(text);
  if (problem !== undefined) throw failure(`The quotes are unbalanced: ${problem}.`);
  const { delimiter } = dialectOf(text);
  const components = header.indexOf("components");
  const rows = [...Map.groupBy(records, productOf(header, records)).values()].map((of) => ({
    numbers: of.map(({ row }) => row),
    line: of.map(({ cells }) => csvLine(cells, delimiter)).join(""),
    isBundle: of.some(({ cells }) => (cells[components] ?? "") !== ""),
  }));
  return { head: `${delimiter === "," ? "" : `sep=${delimiter}\r\n`}${csvLine(header, delimiter)}`, rows };
}

/**
 * Which product each record describes; of our own format, each another.
 * @param {string[]} header @param {{ row: number, cells: string[] }[]} records
 * @returns {(record: { row: number }, index: number) => string | number}
 */
function productOf(header, records) {
  const format = foreignFormatOf(header);
  if (!format) return ({ row }) => row;
  const products = format.productsOf(records.map(({ cells }) => ({ cells: cellsBy(format.columns, cells) })));
  return (_, index) => products[index] ?? "";
}

/** @param {string} text */
function lines(text) {
  return text
    .split("\n")
    .map((line, index) => ({ numbers: [index + 1], line: `${line}\n`, isBundle: line.includes('"components"') }))
    .filter(({ line }) => line.trim() !== "");
}
