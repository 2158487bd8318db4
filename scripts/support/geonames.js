import { createReadStream } from "node:fs";
import { open } from "node:fs/promises";
import { createInterface } from "node:readline";
import { failure } from "./failure.js";
import { isPlace, normalCode, withoutSharedPoints } from "./postal-codes.js";

/** @typedef {import("./postal-codes.js").PostalCodes} PostalCodes */

const STATE_COLUMN = 3;
const STATE_CODE_COLUMN = 4;
const LATITUDE_COLUMN = 9;
const LONGITUDE_COLUMN = 10;
/** The API accepts no longer code; one such row would fail the thousand that are sent with it. */
const MAX_CODE = 16;

/**
 * Reads a GeoNames postal file: tab separated; country, code, place, …, latitude (10th), longitude (11th), accuracy. Cells may be in
 * quotes, the first line may name the columns, and a spreadsheet may have written it in UTF-16.
 * Several places share a code; it lies in the middle of them. Rows without a usable code and place are dropped and counted.
 * @param {string} path @returns {Promise<PostalCodes>}
 */
export async function readGeoNames(path) {
  try {
    const input = createReadStream(path, await encodingOf(path));
    try {
      return await gather(createInterface({ input, crlfDelay: Infinity }), path);
    } finally {
      input.destroy();
    }
  } catch (error) {
    const { code } = /** @type {NodeJS.ErrnoException} */ (error);
    if (code === "ENOENT") throw failure(`There is no file ${path}.`);
    if (code !== undefined) throw failure(`${path} cannot be read (${code}).`);
    throw error;
  }
}

/**
 * The encoding that a file's first bytes say; a zip is refused.
 * @param {string} path @returns {Promise<"utf8" | "utf16le">}
 */
async function encodingOf(path) {
  const file = await open(path);
  try {
    const { buffer } = await file.read(Buffer.alloc(4), 0, 4, 0);
    const first = buffer.toString("latin1");
    if (first.startsWith("PK\u0003\u0004") || first.startsWith("\u001f\u008b")) {
      throw failure(
        `${path} is compressed. Unpack it first, as with \`unzip ${path}\`, and give the file of the country, such as IN.txt, not readme.txt.`,
      );
    }
    if (first.startsWith("\u00fe\u00ff")) throw failure(`${path} is in UTF-16, most significant byte first. Save it as UTF-8.`);
    return first.startsWith("\u00ff\u00fe") ? "utf16le" : "utf8";
  } finally {
    await file.close();
  }
}

/** @param {AsyncIterable<string>} lines @param {string} path @returns {Promise<PostalCodes>} */
async function gather(lines, path) {
  /** @type {Map<string, Map<string, Sum>>} */
  const countries = new Map();
  let rows = 0;
  let lineNumber = 0;
  let unusable = 0;
  for await (const line of lines) {
    lineNumber++;
    const cells = cellsOf(line);
    if (line.trim() === "" || (lineNumber === 1 && isHeader(cells))) continue;
    rows++;
    const { country, code, region, latitude, longitude } = parseRow(cells, line, `${path}, line ${lineNumber}`);
    if (code === "" || code.length > MAX_CODE || !isPlace(latitude, longitude)) {
      unusable++;
      continue;
    }
    const sums = countries.get(country) ?? new Map();
    countries.set(country, sums.set(code, addTo(sums.get(code), region, latitude, longitude)));
  }
  if (countries.size === 0)
    throw failure(`${path} has no row with a usable code and place${rows > 0 ? ` in its ${rows} rows` : ""}.`);
  const codes = [...countries.values()].reduce((sum, sums) => sum + sums.size, 0);
  const groups = [...countries].map(([country, sums]) => ({
    country,
    postalCodes: withoutSharedPoints([...sums].map(([code, sum]) => middleOf(code, sum))),
  }));
  const kept = groups.reduce((sum, { postalCodes }) => sum + postalCodes.length, 0);
  return { groups, dropped: unusable + codes - kept };
}

/** The cells of a line; a byte order mark before the first one is none of it. @param {string} line @returns {string[]} */
function cellsOf(line) {
  return line
    .replace(/^\uFEFF/, "")
    .split("\t")
    .map((cell) => (/^\s*".*"\s*$/.test(cell) ? cell.trim().slice(1, -1).replaceAll('""', '"') : cell));
}

/** Whether a line names the columns: its cell for the latitude is text. @param {string[]} cells */
function isHeader(cells) {
  const [latitude = "", longitude = ""] = cells.slice(LATITUDE_COLUMN);
  return /[a-z]/i.test(latitude) && /[a-z]/i.test(longitude) && !/^[A-Z]{2}$/.test(cells[0] ?? "");
}

/** @param {string[]} cells @param {string} line @param {string} where */
function parseRow(cells, line, where) {
  const country = (cells[0] ?? "").trim();
  if (cells.length <= LONGITUDE_COLUMN || !/^[A-Z]{2}$/.test(country)) {
    const hint = line.includes("\t")
      ? "unzip it first"
      : "this line has no tab; where a spreadsheet wrote it, save it as tab separated text";
    throw failure(`${where} is not a row of a GeoNames postal file: country, code, place and more, tab separated (${hint}).`);
  }
  return {
    country,
    code: normalCode(cells[1] ?? ""),
    region: cells[STATE_CODE_COLUMN] || cells[STATE_COLUMN] || "",
    latitude: numberOf(cells[LATITUDE_COLUMN]),
    longitude: numberOf(cells[LONGITUDE_COLUMN]),
  };
}

/** @param {string | undefined} text @returns {number} NaN for an empty column, which `Number` reads as 0 */
function numberOf(text) {
  return text === undefined || text.trim() === "" ? Number.NaN : Number(text);
}

/** @typedef {{ rows: number, region: string, latitude: number, longitude: number, firstLongitude: number }} Sum */

/** @param {Sum | undefined} sum @param {string} region @param {number} latitude @param {number} longitude @returns {Sum} */
function addTo(sum, region, latitude, longitude) {
  if (sum === undefined) return { rows: 1, region, latitude, longitude, firstLongitude: longitude };
  // Places on both sides of the date line lie close together, though their longitudes are 360° apart.
  const nearFirst = longitude - 360 * Math.round((longitude - sum.firstLongitude) / 360);
  return { ...sum, rows: sum.rows + 1, latitude: sum.latitude + latitude, longitude: sum.longitude + nearFirst };
}

/** @param {string} code @param {Sum} sum */
function middleOf(code, { rows, region, latitude, longitude }) {
  const mean = longitude / rows;
  return { code, region, latitude: latitude / rows, longitude: Math.abs(mean) > 180 ? mean - 360 * Math.sign(mean) : mean };
}
