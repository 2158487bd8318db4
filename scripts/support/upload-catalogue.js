import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { isUnreachable } from "./api.js";
import { failure } from "./failure.js";
import { createBar } from "./progress.js";

/**
 * @typedef {import("./api.js").Api} Api
 * @typedef {import("./catalogue-file.js").Piece} Piece
 * @typedef {{ row: number, product_id: string | null, outcome: string, errors: { field: string, message: string, value?: string }[],
 *   changes?: { field: string, before: string | number | null, after: string | number | null, is_cut?: true }[] }} Row
 * @typedef {{ totals: Record<string, number>, refused: Row[] }} Uploaded `refused` with the rows' numbers in the file
 * @typedef {{ import_id: string | null, totals: Record<string, number>, rows: Row[], changes_left_out: number }} Report
 * @typedef {{ status: "running" | "finished", lists: { total: number, done: number } }} Progress
 */

const TYPES = { csv: "text/csv; charset=utf-8", ndjson: "application/x-ndjson" };
const UNDECIDED = 503;
const MAX_ATTEMPTS = 5;
const PAUSE_MS = 1_000;
/** A busy server needs longer for a part than for other requests. To give up earlier would only have it begin the part again. */
const PART_TIMEOUT_MS = 300_000;
/** After each part the server is left to the shop's customers this many times as long as the part took, up to the second number. */
const REST_FACTOR = 6;
const MAX_REST_MS = 10_000;
/** How long lists may make no progress before the script no longer waits for them. */
const MAX_STILL_MS = 90_000;

/**
 * Sends a catalogue in parts. Each has a key of its own, with which it is repeated if the answer was lost.
 * @param {Api} api @param {Piece[]} pieces @param {keyof typeof TYPES} format @param {number} [pauseMs]
 * @returns {Promise<Uploaded>}
 */
export async function uploadCatalogue(api, pieces, format, pauseMs = PAUSE_MS) {
  const bar = createBar(
    "Catalogue",
    pieces.reduce((rows, { numbers }) => rows + numbers.length, 0),
  );
  /** @type {Uploaded} */
  const uploaded = { totals: {}, refused: [] };
  /** @type {string[]} */
  const imports = [];
  let tookMs = 0;
  try {
    for (const { body, numbers } of pieces) {
      const sent = { method: "POST", path: "/api/v1/products/import", body, type: TYPES[format] };
      const call = { ...sent, key: randomUUID(), timeoutMs: PART_TIMEOUT_MS };
      if (imports.length > 0) await sleep(Math.min(REST_FACTOR * tookMs, MAX_REST_MS));
      const sentMs = Date.now();
      const report = /** @type {Report} */ (await sendSurely(api, call, pauseMs));
      tookMs = Date.now() - sentMs;
      if (report.import_id) imports.push(report.import_id);
      for (const [what, count] of Object.entries(report.totals)) uploaded.totals[what] = (uploaded.totals[what] ?? 0) + count;
      const refused = report.rows.filter(({ outcome }) => outcome === "refused");
      uploaded.refused.push(...refused.map((row) => ({ ...row, row: numbers[row.row - 1] ?? row.row })));
      bar.advance(numbers.length);
    }
  } catch (error) {
    bar.abandon();
    throw error;
  }
  await followLists(api, imports, pauseMs);
  return uploaded;
}

/**
 * Asks what an import of a catalogue would do. Nothing is written.
 * @param {Api} api @param {Piece[]} pieces @param {keyof typeof TYPES} format @param {number} [pauseMs]
 * @returns {Promise<{ totals: Record<string, number>, rows: Row[], leftOut: number }>} `rows` with their numbers in the file
 */
export async function previewCatalogue(api, pieces, format, pauseMs = PAUSE_MS) {
  /** @type {Record<string, number>} */
  const totals = {};
  /** @type {Row[]} */
  const rows = [];
  let leftOut = 0;
  for (const { body, numbers } of pieces) {
    const sent = { method: "POST", path: "/api/v1/products/import?dry_run=true", body, type: TYPES[format] };
    const report = /** @type {Report} */ (await sendSurely(api, { ...sent, timeoutMs: PART_TIMEOUT_MS }, pauseMs));
    for (const [what, count] of Object.entries(report.totals)) totals[what] = (totals[what] ?? 0) + count;
    rows.push(...report.rows.map((row) => ({ ...row, row: numbers[row.row - 1] ?? row.row })));
    leftOut += report.changes_left_out;
  }
  return { totals, rows: rows.toSorted((a, b) => a.row - b.row), leftOut };
}

/**
 * Waits until lists show what was imported. The products are changed already; where the server needs long, it goes on without this.
 * @param {Api} api @param {string[]} imports @param {number} pauseMs
 */
async function followLists(api, imports, pauseMs) {
  let shown = await progressOf(api, imports);
  const total = sum(shown.map(({ lists }) => lists.total));
  if (total === 0) return;
  const bar = createBar("Lists", total);
  let done = 0;
  let movedMs = Date.now();
  for (;;) {
    const now = sum(shown.map(({ lists }) => lists.done));
    if (now > done) movedMs = Date.now();
    bar.advance(now - done);
    done = now;
    if (done >= total) return;
    if (Date.now() - movedMs > MAX_STILL_MS) break;
    await sleep(pauseMs);
    shown = await progressOf(api, imports);
  }
  bar.abandon();
  console.log("Lists are still being brought up to date; the server's cron goes on with it.");
}

/** @param {Api} api @param {string[]} imports @returns {Promise<Progress[]>} */
async function progressOf(api, imports) {
  /** @type {Progress[]} */
  const all = [];
  for (const id of imports) {
    const { body } = await api.send({ method: "GET", path: `/api/v1/products/imports/${id}` });
    all.push(/** @type {Progress} */ (body));
  }
  return all;
}

/** @param {number[]} values */
function sum(values) {
  return values.reduce((total, value) => total + value, 0);
}

/** @param {Api} api @param {import("./api.js").Call} call @param {number} pauseMs */
async function sendSurely(api, call, pauseMs) {
  for (let attempt = 1; ; attempt++) {
    try {
      const { status, body } = await api.send({ ...call, accept: [UNDECIDED] });
      if (status !== UNDECIDED) return body;
      if (attempt === MAX_ATTEMPTS)
        throw failure(`The server did not decide in ${MAX_ATTEMPTS} attempts; import the file again.`);
    } catch (error) {
      if (!isUnreachable(error) || attempt === MAX_ATTEMPTS) throw error;
    }
    await sleep(attempt * pauseMs);
  }
}
