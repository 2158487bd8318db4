import { createRequire } from "node:module";
import { createBar } from "./progress.js";

/**
 * @typedef {{ code: string, latitude: number, longitude: number }} PostalCode
 * @typedef {{ country: string, postalCodes: PostalCode[] }} CountryCodes
 * @typedef {{ groups: CountryCodes[], dropped: number }} PostalCodes `dropped` counts rows without a usable place
 */

/** The API's bounds of one request. */
const MAX_ROWS = 1_000;
const MAX_BODY_BYTES = 64 * 1_024;
const REQUESTS_IN_FLIGHT = 4;
/** Six decimals are a tenth of a metre. */
const DECIMALS = 6;

/** India with its islands, in degrees. */
const INDIA = { south: 6, north: 38, west: 68, east: 98 };

// Packages are imported when they are needed: this module is loaded before they are installed.
const require = createRequire(import.meta.url);

/**
 * All of India, from the package pincode-lat-long. Codes that it locates outside India, or at one point with codes of other regions, are
 * dropped; their neighbours are used instead.
 * @returns {PostalCodes}
 */
export function indianPostalCodes() {
  /** @type {Record<string, { lat: number, long: number }>} */
  const places = require("pincode-lat-long/pincode.js");
  const all = Object.entries(places).map(([code, { lat, long }]) => ({
    code,
    latitude: lat,
    longitude: long,
    // The first digit alone is a zone of several states.
    region: code.slice(0, 2),
  }));
  const inIndia = all.filter(({ latitude, longitude }) => isPlace(latitude, longitude) && isInIndia(latitude, longitude));
  const postalCodes = withoutSharedPoints(inIndia);
  return { groups: [{ country: "IN", postalCodes }], dropped: all.length - postalCodes.length };
}

/**
 * The USA and Canada, from the package zipcodes; Canada's codes are the first three characters. The server drops what is outside these
 * countries: army post abroad, a longitude without its sign, and the North Pole.
 * @returns {PostalCodes}
 */
export function northAmericanPostalCodes() {
  /** @type {{ codes: Record<string, { zip: string, latitude: number, longitude: number, country: string, state: string }> }} */
  const { codes } = require("zipcodes");
  const all = Object.values(codes);
  const usable = all.filter(({ latitude, longitude }) => isPlace(latitude, longitude));
  const groups = [
    ["US", "US"],
    ["CA", "Canada"],
  ].map(([country = "", name]) => ({
    country,
    postalCodes: withoutSharedPoints(
      usable
        .filter((entry) => entry.country === name)
        .map(({ zip, latitude, longitude, state }) => ({ code: normalCode(zip), latitude, longitude, region: state })),
    ),
  }));
  const kept = groups.reduce((sum, { postalCodes }) => sum + postalCodes.length, 0);
  return { groups, dropped: all.length - kept };
}

/**
 * Drops codes that lie at one point with codes of other regions: that is how data sets write a place that they do not know. The server
 * compares only the codes of one request.
 * @param {(PostalCode & { region: string })[]} codes `region` is empty where it is not known  @returns {PostalCode[]}
 */
export function withoutSharedPoints(codes) {
  /** @type {Map<string, Set<string>>} */
  const regions = new Map();
  const pointOf = (/** @type {PostalCode} */ { latitude, longitude }) => `${latitude} ${longitude}`;
  for (const each of codes) {
    if (each.region === "") continue;
    const point = pointOf(each);
    regions.set(point, (regions.get(point) ?? new Set()).add(each.region));
  }
  const own = codes.filter((each) => (regions.get(pointOf(each))?.size ?? 0) <= 1);
  return own.map(({ code, latitude, longitude }) => ({ code, latitude, longitude }));
}

/**
 * Whether coordinates are those of a place. Exactly 0,0 is how data sets write "not known".
 * @param {number} latitude @param {number} longitude
 */
export function isPlace(latitude, longitude) {
  const isOnEarth =
    Number.isFinite(latitude) && Number.isFinite(longitude) && Math.abs(latitude) <= 90 && Math.abs(longitude) <= 180;
  return isOnEarth && !(latitude === 0 && longitude === 0);
}

/**
 * Writes a code so that different spellings are equal; the server normalises it further, by its country. The blank of a British sector
 * is kept: `PA6 0` is no `PA60`. What follows CEDEX numbers an office of a code.
 * @param {string} code
 */
export function normalCode(code) {
  const upper = code.normalize("NFKC").toUpperCase().trim();
  if (/^[A-Z]{1,2}\d[A-Z\d]? \d$/.test(upper)) return upper;
  return upper.replace(/ CEDEX.*$/, "").replaceAll(/[^A-Z0-9]/g, "");
}

/** @param {number} latitude @param {number} longitude */
function isInIndia(latitude, longitude) {
  return latitude >= INDIA.south && latitude <= INDIA.north && longitude >= INDIA.west && longitude <= INDIA.east;
}

/**
 * Sends postal codes to a server, a few requests at a time. A code that is there already is overwritten.
 * @param {import("./api.js").Api} api @param {CountryCodes[]} groups
 * @returns {Promise<{ written: number, dropped: number }>} `dropped` counts those whose places the server did not believe
 */
export async function uploadPostalCodes(api, groups) {
  const total = groups.reduce((sum, { postalCodes }) => sum + postalCodes.length, 0);
  const bar = createBar("Postal codes", total);
  const sum = { written: 0, dropped: 0 };
  // All requests share one generator: when one fails, it ends for the others too.
  const batches = requestBodies(groups);
  const sendRest = async () => {
    for (const { body, rows } of batches) {
      const answer = await api.send({ method: "PUT", path: "/api/v1/postal-codes", body });
      const { written, dropped } = /** @type {{ written: number, dropped: number }} */ (answer.body);
      sum.written += written;
      sum.dropped += dropped;
      bar.advance(rows);
    }
  };
  try {
    await Promise.all(Array.from({ length: REQUESTS_IN_FLIGHT }, sendRest));
  } catch (error) {
    bar.abandon();
    throw error;
  }
  return sum;
}

/**
 * Splits countries' codes into bodies that the API accepts.
 * @param {CountryCodes[]} groups
 * @returns {Generator<{ body: string, rows: number }>}
 */
export function* requestBodies(groups) {
  for (const { country, postalCodes } of groups) {
    const head = `{"country":${JSON.stringify(country)},"postal_codes":[`;
    const tail = "]}";
    /** @type {string[]} */
    let rows = [];
    let bytes = head.length + tail.length;
    for (const { code, latitude, longitude } of postalCodes) {
      const row = JSON.stringify({ code, latitude: rounded(latitude), longitude: rounded(longitude) });
      // A code has only ASCII letters, digits and blanks, so its characters are its bytes; one more is the comma.
      if (rows.length === MAX_ROWS || bytes + row.length + 1 > MAX_BODY_BYTES) {
        yield { body: head + rows.join(",") + tail, rows: rows.length };
        rows = [];
        bytes = head.length + tail.length;
      }
      rows.push(row);
      bytes += row.length + 1;
    }
    if (rows.length > 0) yield { body: head + rows.join(",") + tail, rows: rows.length };
  }
}

/** @param {number} degrees */
function rounded(degrees) {
  return Number(degrees.toFixed(DECIMALS));
}
