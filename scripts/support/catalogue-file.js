import { readFileSync } from "node:fs";
import { dialectOf, parseCsv } from "../../src/catalog/bulk/csv.ts";
import { csvLine } from "../../src/rules/csv.ts";
import { decodeFile } from "../../src/rules/text-encoding.ts";
import { failure } from "./failure.js";

/**
 * @typedef {"csv" | "ndjson"} Format
 * @typedef {{ body: string, numbers: number[] }} Piece what one request takes; `numbers` are those of its rows in the file
 * @typedef {{ rows: number, bytes: number }} Limits
 */

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
 * out, but counted.
 * @param {string} text @param {Format} format @param {Limits} limits
 * @returns {Piece[]}
 * @throws a failure if quotes are unbalanced, because everything after them would be read wrongly
 */
export function piecesOf(text, format, limits = LIMITS) {
  const { head, rows: found } = format === "csv" ? csvRows(text) : { head: "", rows: lines(text) };
  // A request handles its bundles last. Across requests bundles have to come last too, because their components may be new.
  const rows = found.toSorted((a, b) => Number(a.isBundle) - Number(b.isBundle));
  /** @type {Piece[]} */
  const pieces = [];
  let bytes = 0;
  for (const { number, line } of rows) {
    const size = Buffer.byteLength(line);
    let piece = pieces.at(-1);
    if (!piece || piece.numbers.length === limits.rows || bytes + size > limits.bytes) {
      piece = { body: head, numbers: [] };
      pieces.push(piece);
      bytes = Buffer.byteLength(head);
    }
    piece.body += line;
    piece.numbers.push(number);
    bytes += size;
  }
  return pieces;
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
  const rows = records.map(({ row, cells }) => ({
    number: row,
    line: csvLine(cells, delimiter),
    isBundle: (cells[components] ?? "") !== "",
  }));
  return { head: `${delimiter === "," ? "" : `sep=${delimiter}\r\n`}${csvLine(header, delimiter)}`, rows };
}

/** @param {string} text */
function lines(text) {
  return text
    .split("\n")
    .map((line, index) => ({ number: index + 1, line: `${line}\n`, isBundle: line.includes('"components"') }))
    .filter(({ line }) => line.trim() !== "");
}
