import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
import { failure } from "./failure.js";

/**
 * @typedef {"csv" | "ndjson"} Format
 * @typedef {{ body: string, numbers: number[] }} Piece what one request takes; `numbers` are those of its rows in the file
 * @typedef {{ rows: number, bytes: number }} Limits
 */

/** Far below the API's bounds of one import, 5,000 rows and 5 MiB: a small part is answered soon, and shows how far it has come. */
const LIMITS = { rows: 500, bytes: 1_024 * 1_024 };

// Packages are imported when they are needed: this module is loaded before they are installed.
const require = createRequire(import.meta.url);

/**
 * Finds a file's format by its name.
 * @param {string} path @returns {Format | undefined}
 */
export function formatOf(path) {
  if (/\.csv$/i.test(path)) return "csv";
  return /\.(ndjson|jsonl)$/i.test(path) ? "ndjson" : undefined;
}

/**
 * Reads a UTF-8 file without its byte order mark.
 * @param {string} path @throws a failure if there is no such file, or it has another encoding
 */
export function readCatalogue(path) {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: false }).decode(readFileSync(path));
  } catch (error) {
    const { code } = /** @type {NodeJS.ErrnoException} */ (error);
    if (code === "ENOENT") throw failure(`There is no file ${path}.`);
    if (code === "ERR_ENCODING_INVALID_ENCODED_DATA") throw failure(`${path} is not UTF-8; save it as UTF-8 first.`);
    throw failure(`${path} cannot be read (${code}).`);
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

/** @param {string} text */
function csvRows(text) {
  /** @type {typeof import("papaparse")} */
  const papa = require("papaparse");
  const newline = text.includes("\n") ? "\n" : "\r";
  const { data, errors } = papa.parse(text, { delimiter: ",", newline });
  const bad = errors.find(({ type }) => type === "Quotes");
  if (bad) throw failure(`The quotes of row ${bad.row ?? 0} are unbalanced: ${bad.message}.`);
  // The CR of a CRLF is the end of the last cell; blanks around cells mean nothing to the API.
  const [header = [], ...records] = /** @type {string[][]} */ (data).map((cells) => cells.map((cell) => cell.trim()));
  const components = header.indexOf("components");
  const rows = records
    .map((cells, index) => ({ number: index + 1, cells }))
    .filter(({ cells }) => cells.some((cell) => cell !== ""))
    .map(({ number, cells }) => ({ number, line: csvLine(cells), isBundle: (cells[components] ?? "") !== "" }));
  return { head: csvLine(header), rows };
}

/** @param {string[]} cells */
function csvLine(cells) {
  const quoted = cells.map((cell) => (/[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell));
  return `${quoted.join(",")}\r\n`;
}

/** @param {string} text */
function lines(text) {
  return text
    .split("\n")
    .map((line, index) => ({ number: index + 1, line: `${line}\n`, isBundle: line.includes('"components"') }))
    .filter(({ line }) => line.trim() !== "");
}
