import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";
import { failure } from "./failure.js";
import { isPlace, normalCode } from "./postal-codes.js";

/** @typedef {import("./postal-codes.js").PostalCodes} PostalCodes */

const LATITUDE_COLUMN = 9;
const LONGITUDE_COLUMN = 10;
/** The API accepts no longer code; one such row would fail the thousand that are sent with it. */
const MAX_CODE = 16;

/**
 * Reads a GeoNames postal file: tab separated; country, code, place, …, latitude (10th), longitude (11th), accuracy.
 * Several places share a code; it lies in the middle of them. Rows without a usable code and place are dropped and counted.
 * @param {string} path @returns {Promise<PostalCodes>}
 */
export async function readGeoNames(path) {
  const input = createReadStream(path, "utf8");
  try {
    return await gather(createInterface({ input, crlfDelay: Infinity }), path);
  } catch (error) {
    const { code } = /** @type {NodeJS.ErrnoException} */ (error);
    if (code === "ENOENT") throw failure(`There is no file ${path}.`);
    if (code !== undefined) throw failure(`${path} cannot be read (${code}).`);
    throw error;
  } finally {
    input.destroy();
  }
}

/** @param {AsyncIterable<string>} lines @param {string} path @returns {Promise<PostalCodes>} */
async function gather(lines, path) {
  /** @type {Map<string, Map<string, Sum>>} */
  const countries = new Map();
  let dropped = 0;
  let lineNumber = 0;
  for await (const line of lines) {
    lineNumber++;
    if (line.trim() === "") continue;
    const { country, code, latitude, longitude } = parseRow(line, `${path}, line ${lineNumber}`);
    if (code === "" || code.length > MAX_CODE || !isPlace(latitude, longitude)) {
      dropped++;
      continue;
    }
    const sums = countries.get(country) ?? new Map();
    countries.set(country, sums.set(code, addTo(sums.get(code), latitude, longitude)));
  }
  const groups = [...countries].map(([country, sums]) => ({
    country,
    postalCodes: [...sums].map(([code, sum]) => middleOf(code, sum)),
  }));
  if (groups.length === 0) throw failure(`${path} has no row with a usable code and place.`);
  return { groups, dropped };
}

/** @param {string} line @param {string} where */
function parseRow(line, where) {
  const columns = line.split("\t");
  const country = columns[0] ?? "";
  if (columns.length <= LONGITUDE_COLUMN || !/^[A-Z]{2}$/.test(country)) {
    throw failure(
      `${where} is not a row of a GeoNames postal file: country, code, place and more, tab separated (unzip it first).`,
    );
  }
  return {
    country,
    code: normalCode(columns[1] ?? ""),
    latitude: numberOf(columns[LATITUDE_COLUMN]),
    longitude: numberOf(columns[LONGITUDE_COLUMN]),
  };
}

/** @param {string | undefined} text @returns {number} NaN for an empty column, which `Number` reads as 0 */
function numberOf(text) {
  return text === undefined || text.trim() === "" ? Number.NaN : Number(text);
}

/** @typedef {{ rows: number, latitude: number, longitude: number, firstLongitude: number }} Sum */

/** @param {Sum | undefined} sum @param {number} latitude @param {number} longitude @returns {Sum} */
function addTo(sum, latitude, longitude) {
  if (sum === undefined) return { rows: 1, latitude, longitude, firstLongitude: longitude };
  // Places on both sides of the date line lie close together, though their longitudes are 360° apart.
  const nearFirst = longitude - 360 * Math.round((longitude - sum.firstLongitude) / 360);
  return { ...sum, rows: sum.rows + 1, latitude: sum.latitude + latitude, longitude: sum.longitude + nearFirst };
}

/** @param {string} code @param {Sum} sum @returns {import("./postal-codes.js").PostalCode} */
function middleOf(code, { rows, latitude, longitude }) {
  const mean = longitude / rows;
  return { code, latitude: latitude / rows, longitude: Math.abs(mean) > 180 ? mean - 360 * Math.sign(mean) : mean };
}
