import { parseArgs } from "node:util";
import { formatOf, piecesOf, readCatalogue, repeatedRows, WHOLE_LIMITS } from "./catalogue-file.js";
import { failure, runScript } from "./failure.js";
import { count } from "./progress.js";
import { withServer } from "./target.js";
import { previewCatalogue, uploadCatalogue } from "./upload-catalogue.js";

/** @typedef {import("./upload-catalogue.js").Row} Row */

const USAGE =
  "Usage: npm run import -- FILE [--dry-run] [--url URL], where FILE is a .csv, .ndjson or .jsonl file; --dry-run only says what would change";

/** What `npm run import` runs: creates and changes the products of a file, here or in a deployment (with ADMIN_TOKEN in the environment). */
await runScript(async () => {
  const { file, format, url, isDryRun } = readArguments();
  const text = readCatalogue(file);
  const repeated = repeatedRows(text, format);
  const pieces = piecesOf(text, format, isDryRun ? WHOLE_LIMITS : undefined, new Set(repeated.map(({ row }) => row)));
  if (pieces.length === 0 && repeated.length === 0) throw failure(`${file} has no rows.`);
  await withServer(url, async (api) => {
    const { totals, rows } = isDryRun ? await preview(api, pieces, format) : await upload(api, pieces, format);
    const shown = [...rows, ...repeated].toSorted((a, b) => a.row - b.row);
    for (const row of shown) for (const line of linesOf(row)) console.log(line);
    const refused = shown.filter(({ outcome }) => outcome === "refused").length;
    const counts = ["created", "updated", "unchanged"].map((what) => `${count(totals[what] ?? 0)} ${what}`);
    console.log(`${isDryRun ? "Nothing was written. It would be: " : ""}${[...counts, `${count(refused)} refused`].join(", ")}`);
    if (refused > 0) process.exitCode = 1;
  });
});

/** @param {import("./api.js").Api} api @param {import("./catalogue-file.js").Piece[]} pieces @param {"csv" | "ndjson"} format */
async function upload(api, pieces, format) {
  const { totals, refused } = await uploadCatalogue(api, pieces, format);
  return { totals, rows: refused };
}

/** @param {import("./api.js").Api} api @param {import("./catalogue-file.js").Piece[]} pieces @param {"csv" | "ndjson"} format */
async function preview(api, pieces, format) {
  if (pieces.length > 1)
    console.log(
      `The file is tried in ${pieces.length} parts, which do not see each other: what a row needs of another part counts as missing.`,
    );
  const { totals, rows, leftOut } = await previewCatalogue(api, pieces, format);
  if (leftOut > 0) console.log(`${count(leftOut)} changes are not listed.`);
  return { totals, rows };
}

/** What is said of a row: why it is refused, or what would become of it. @param {Row} row @returns {string[]} */
function linesOf({ row, product_id: productId, outcome, errors, changes }) {
  const head = `row ${row}${productId === null ? "" : ` (${productId})`}`;
  if (outcome === "refused") {
    const reasons = errors.map(({ field, message, value }) => `${field} ${message}${value === undefined ? "" : ` (${value})`}`);
    return [`${head}: ${reasons.join("; ")}`];
  }
  if (outcome === "created") return [`${head}: new`];
  const cut = " (cut)";
  return (changes ?? []).map(
    ({ field, before, after, is_cut: isCut }) =>
      `${head}: ${field} ${JSON.stringify(before)} → ${JSON.stringify(after)}${isCut ? cut : ""}`,
  );
}

function readArguments() {
  const { values, positionals } = parseOrFail();
  const [file, ...others] = positionals;
  const format = formatOf(file ?? "");
  if (file === undefined || format === undefined || others.length > 0) throw failure(USAGE);
  return { file, format, url: values.url, isDryRun: values["dry-run"] ?? false };
}

function parseOrFail() {
  try {
    return parseArgs({ allowPositionals: true, options: { url: { type: "string" }, "dry-run": { type: "boolean" } } });
  } catch (error) {
    throw failure(`${error instanceof Error ? error.message : String(error)}\n${USAGE}`);
  }
}
