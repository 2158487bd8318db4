import { parseArgs } from "node:util";
import { failure, runScript } from "./support/failure.js";
import { readGeoNames } from "./support/geonames.js";
import { ensureInstalled } from "./support/install.js";
import { northAmericanPostalCodes, uploadPostalCodes } from "./support/postal-codes.js";
import { count, showWork } from "./support/progress.js";
import { withServer } from "./support/target.js";

const USAGE = "Usage: npm run postal-codes -- FILE|zipcodes [--url URL], where FILE is a GeoNames postal file, unzipped";

/** `npm run postal-codes`: loads the locations of postal codes from a GeoNames file, or `zipcodes` for the USA and Canada. */
await runScript(async () => {
  const { source, url } = readArguments();
  const { groups, dropped } = await showWork(`Reading ${source}`, () => read(source));
  if (dropped > 0) console.log(`${count(dropped)} rows without a usable code and place of its own dropped`);
  await withServer(url, async (api) => {
    const sent = await uploadPostalCodes(api, groups);
    if (sent.dropped > 0)
      console.log(`${count(sent.dropped)} codes outside their country, or at a point of several regions, dropped`);
    const countries = groups.map(({ country, postalCodes }) => `${country} ${count(postalCodes.length)}`);
    console.log(`Loaded ${count(sent.written)} of: ${countries.join(", ")}`);
  });
});

/** @param {string} source */
async function read(source) {
  if (source !== "zipcodes") return readGeoNames(source);
  await ensureInstalled();
  return northAmericanPostalCodes();
}

function readArguments() {
  const { values, positionals } = parseOrFail();
  const [source, ...others] = positionals;
  if (source === undefined || others.length > 0) throw failure(USAGE);
  return { source, url: values.url };
}

function parseOrFail() {
  try {
    return parseArgs({ allowPositionals: true, options: { url: { type: "string" } } });
  } catch (error) {
    throw failure(`${error instanceof Error ? error.message : String(error)}\n${USAGE}`);
  }
}
