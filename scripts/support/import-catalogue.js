import { parseArgs } from "node:util";
import { formatOf, piecesOf, readCatalogue } from "./catalogue-file.js";
import { failure, runScript } from "./failure.js";
import { count } from "./progress.js";
import { withServer } from "./target.js";
import { uploadCatalogue } from "./upload-catalogue.js";

const USAGE = "Usage: npm run import -- FILE [--url URL], where FILE is a .csv, .ndjson or .jsonl file";

/** What `npm run import` runs: creates and changes the products of a file, here or in a deployment (with ADMIN_TOKEN in the environment). */
await runScript(async () => {
  const { file, format, url } = readArguments();
  const text = readCatalogue(file);
  const pieces = piecesOf(text, format);
  if (pieces.length === 0) throw failure(`${file} has no rows.`);
  await withServer(url, async (api) => {
    const { totals, refused } = await uploadCatalogue(api, pieces, format);
    for (const { row, product_id: productId, errors } of refused) {
      const reasons = errors.map(({ field, message }) => `${field} ${message}`).join("; ");
      console.log(`row ${row}${productId === null ? "" : ` (${productId})`}: ${reasons}`);
    }
    console.log(["created", "updated", "unchanged", "refused"].map((what) => `${count(totals[what] ?? 0)} ${what}`).join(", "));
    if (refused.length > 0) process.exitCode = 1;
  });
});

function readArguments() {
  const { values, positionals } = parseOrFail();
  const [file, ...others] = positionals;
  const format = formatOf(file ?? "");
  if (file === undefined || format === undefined || others.length > 0) throw failure(USAGE);
  return { file, format, url: values.url };
}

function parseOrFail() {
  try {
    return parseArgs({ allowPositionals: true, options: { url: { type: "string" } } });
  } catch (error) {
    throw failure(`${error instanceof Error ? error.message : String(error)}\n${USAGE}`);
  }
}
