import { parseArgs } from "node:util";
import { formatOf, piecesOf, readCatalogue, repeatedRows, WHOLE_LIMITS } from "./catalogue-file.js";
import { failure, runScript } from "./failure.js";
import { count } from "./progress.js";
import { withServer } from "./target.js";
import { previewCatalogue, uploadCatalogue } from "./upload-catalogue.js";

/** @typedef {import("./upload-catalogue.js").Row} Row */

const USAGE =
  "Usage: npm run import -- FILE [--dry-run] [--warehouse ID] [--ignore-stock] [--url URL], where FILE is a .csv, .ndjson or .jsonl file; " +
  "--dry-run only says what would change, and --warehouse where the quantities of another shop's file are";

/** What became of the quantities of a file. */
const STOCK = {
  opening: "to receive",
  none: "of zero",
  same: "as they are here",
  kept: "not taken, because there is other stock already (set them by a file of counts)",
  not_taken: "not taken for other reasons",
};

/** What `npm run import` runs: creates and changes the products of a file, here or in a deployment (with ADMIN_TOKEN in the environment). */
await runScript(async () => {
  const { file, format, url, isDryRun, options } = readArguments();
  const text = readCatalogue(file);
  const repeated = repeatedRows(text, format);
  const pieces = piecesOf(text, format, isDryRun ? WHOLE_LIMITS : undefined, new Set(repeated.map(({ row }) => row)));
  if (pieces.length === 0 && repeated.length === 0) throw failure(`${file} has no rows.`);
  await withServer(url, async (api) => {
    const { totals, stock, rows } = isDryRun
      ? await preview(api, pieces, format, options)
      : await uploadCatalogue(api, pieces, format, undefined, options);
    const shown = [...rows, ...repeated].toSorted((a, b) => a.row - b.row);
    for (const row of shown) for (const line of linesOf(row, isDryRun)) console.log(line);
    const refused = shown.filter(({ outcome }) => outcome === "refused").length;
    const counts = ["created", "updated", "unchanged"].map((what) => `${count(totals[what] ?? 0)} ${what}`);
    console.log(`${isDryRun ? "Nothing was written. It would be: " : ""}${[...counts, `${count(refused)} refused`].join(", ")}`);
    const said = Object.entries(STOCK).flatMap(([what, words]) => (stock[what] ? [`${count(stock[what])} ${words}`] : []));
    if (said.length > 0) console.log(`Quantities: ${said.join(", ")}.`);
    if (refused > 0) process.exitCode = 1;
  });
});

/**
 * @param {import("./api.js").Api} api @param {import("./catalogue-file.js").Piece[]} pieces @param {"csv" | "ndjson"} format
 * @param {import("./upload-catalogue.js").StockOptions} options
 */
async function preview(api, pieces, format, options) {
  if (pieces.length > 1)
    console.log(
      `The file is tried in ${pieces.length} parts, which do not see each other: what a row needs of another part counts as missing.`,
    );
  const previewed = await previewCatalogue(api, pieces, format, undefined, options);
  if (previewed.leftOut > 0) console.log(`${count(previewed.leftOut)} changes are not listed.`);
  return previewed;
}

/** What is said of a row: why it is refused, or what would become of it. @param {Row} row @param {boolean} isDryRun @returns {string[]} */
function linesOf({ row, product_id: productId, outcome, errors, changes, stock = [] }, isDryRun) {
  const head = `row ${row}${productId === null ? "" : ` (${productId})`}`;
  if (outcome === "refused") {
    const reasons = errors.map(({ field, message, value }) => `${field} ${message}${value === undefined ? "" : ` (${value})`}`);
    return [`${head}: ${reasons.join("; ")}`];
  }
  const changed = (changes ?? []).map(
    ({ field, before, after, is_cut: isCut }) =>
      `${field} ${JSON.stringify(before)} → ${JSON.stringify(after)}${isCut ? " (cut)" : ""}`,
  );
  const units = stock.flatMap(({ sku, quantity, message }) =>
    message ? [`the quantity ${quantity ?? ""} of ${sku} ${message}`] : [],
  );
  const isNew = isDryRun && outcome === "created" ? ["new"] : [];
  return [...isNew, ...changed, ...units].map((text) => `${head}: ${text}`);
}

function readArguments() {
  const { values, positionals } = parseOrFail();
  const [file, ...others] = positionals;
  const format = formatOf(file ?? "");
  if (file === undefined || format === undefined || others.length > 0) throw failure(USAGE);
  const options = { warehouse: values.warehouse, ignoresStock: values["ignore-stock"] ?? false };
  return { file, format, url: values.url, isDryRun: values["dry-run"] ?? false, options };
}

function parseOrFail() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: {
        url: { type: "string" },
        warehouse: { type: "string" },
        "dry-run": { type: "boolean" },
        "ignore-stock": { type: "boolean" },
      },
    });
  } catch (error) {
    throw failure(`${error instanceof Error ? error.message : String(error)}\n${USAGE}`);
  }
}
