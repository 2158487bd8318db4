import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { isUnreachable } from "./api.js";
import { failure } from "./failure.js";
import { createBar } from "./progress.js";

/**
 * @typedef {import("./api.js").Api} Api
 * @typedef {import("./catalogue-file.js").Piece} Piece
 * @typedef {{ row: number, product_id: string | null, outcome: string, errors: { field: string, message: string, value?: string }[],
 *   stock?: RowStock[], changes?: { field: string, before: string | number | null, after: string | number | null, is_cut?: true }[] }} Row
 * @typedef {{ sku: string, quantity: number | null, outcome: string, on_hand: number | null, message: string | null }} RowStock
 * @typedef {{ totals: Record<string, number>, stock: Record<string, number>, rows: Row[] }} Uploaded `rows` with something to say, with
 *   their numbers in the file
 * @typedef {{ warehouse?: string | undefined, ignoresStock?: boolean }} StockOptions where the quantities of the file are, or not to read them
 * @typedef {{ import_id: string | null, totals: Record<string, number>, rows: Row[], changes_left_out: number,
 *   stock?: Record<string, number | string | null> }} Report
 * @typedef {{ total: number, done: number }} Share
 * @typedef {{ status: "running" | "finished", lists: Share, stock?: Share & { kept_since: { sku: string, quantity: number, on_hand: number }[] } }} Progress
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
 * @param {Api} api @param {Piece[]} pieces @param {keyof typeof TYPES} format @param {number} [pauseMs] @param {StockOptions} [options]
 * @returns {Promise<Uploaded>}
 */
export async function uploadCatalogue(api, pieces, format, pauseMs = PAUSE_MS, options = {}) {
  const bar = createBar(
    "Catalogue",
    pieces.reduce((rows, { numbers }) => rows + numbers.length, 0),
  );
  /** @type {Uploaded} */
  const uploaded = { totals: {}, stock: {}, rows: [] };
  /** @type {string[]} */
  const imports = [];
  let tookMs = 0;
  try {
    for (const { body, numbers } of pieces) {
      const sent = { method: "POST", path: pathOf(options), body, type: TYPES[format] };
      const call = { ...sent, key: randomUUID(), timeoutMs: PART_TIMEOUT_MS };
      if (imports.length > 0) await sleep(Math.min(REST_FACTOR * tookMs, MAX_REST_MS));
      const sentMs = Date.now();
      const report = /** @type {Report} */ (await sendSurely(api, call, pauseMs));
      tookMs = Date.now() - sentMs;
      if (report.import_id) imports.push(report.import_id);
      add(uploaded, report);
      const told = report.rows.filter(({ outcome, stock }) => outcome === "refused" || stock?.some(({ message }) => message));
      uploaded.rows.push(...told.map((row) => ({ ...row, row: numbers[row.row - 1] ?? row.row })));
      bar.advance(numbers.length);
    }
  } catch (error) {
    bar.abandon();
    throw error;
  }
  await follow(api, imports, pauseMs);
  return uploaded;
}

/** @param {StockOptions} options @param {boolean} [isDryRun] */
function pathOf({ warehouse, ignoresStock = false }, isDryRun = false) {
  const query = new URLSearchParams({
    ...(isDryRun && { dry_run: "true" }),
    ...(warehouse !== undefined && { warehouse_id: warehouse }),
    ...(ignoresStock && { stock: "ignore" }),
  });
  return `/api/v1/products/import${query.size > 0 ? `?${query.toString()}` : ""}`;
}

/** @param {Pick<Uploaded, "totals" | "stock">} to @param {Report} report */
function add({ totals, stock }, report) {
  for (const [what, count] of Object.entries(report.totals)) totals[what] = (totals[what] ?? 0) + count;
  for (const [what, count] of Object.entries(report.stock ?? {}))
    if (typeof count === "number") stock[what] = (stock[what] ?? 0) + count;
}

/**
 * Asks what an import of a catalogue would do. Nothing is written.
 * @param {Api} api @param {Piece[]} pieces @param {keyof typeof TYPES} format @param {number} [pauseMs] @param {StockOptions} [options]
 * @returns {Promise<Uploaded & { leftOut: number }>} with all rows
 */
export async function previewCatalogue(api, pieces, format, pauseMs = PAUSE_MS, options = {}) {
  /** @type {Uploaded} */
  const seen = { totals: {}, stock: {}, rows: [] };
  let leftOut = 0;
  for (const { body, numbers } of pieces) {
    const sent = { method: "POST", path: pathOf(options, true), body, type: TYPES[format] };
    const report = /** @type {Report} */ (await sendSurely(api, { ...sent, timeoutMs: PART_TIMEOUT_MS }, pauseMs));
    add(seen, report);
    seen.rows.push(...report.rows.map((row) => ({ ...row, row: numbers[row.row - 1] ?? row.row })));
    leftOut += report.changes_left_out;
  }
  return { ...seen, rows: seen.rows.toSorted((a, b) => a.row - b.row), leftOut };
}

/**
 * Waits until lists show what was imported, and its opening stock is received. The products are changed already; where the server needs
 * long, it goes on without this.
 * @param {Api} api @param {string[]} imports @param {number} pauseMs
 */
async function follow(api, imports, pauseMs) {
  let shown = await progressOf(api, imports);
  const isDone =
    (await followPart(shown, "Lists", ({ lists }) => lists)) && (await followPart(shown, "Stock", ({ stock }) => stock));
  const since = shown.flatMap(({ stock }) => stock?.kept_since ?? []);
  for (const { sku, quantity, on_hand: onHand } of since)
    console.log(`SKU ${sku}: ${onHand} units were there before the ${quantity} of the file, which were not received`);
  if (!isDone) console.log("The server is still at it; its cron goes on.");

  /** @param {Progress[]} first @param {string} label @param {(progress: Progress) => Share | undefined} partOf */
  async function followPart(first, label, partOf) {
    const total = sum(first.map((progress) => partOf(progress)?.total ?? 0));
    if (total === 0) return true;
    const bar = createBar(label, total);
    let done = 0;
    for (let movedMs = Date.now(); Date.now() - movedMs <= MAX_STILL_MS;) {
      const now = sum(shown.map((progress) => shareDone(partOf(progress))));
      if (now > done) movedMs = Date.now();
      bar.advance(now - done);
      done = now;
      if (done >= total) return true;
      await sleep(pauseMs);
      shown = await progressOf(api, imports);
    }
    bar.abandon();
    return false;
  }
}

/** What is settled of a part: done, or not to be done any more. @param {(Share & { pending?: number }) | undefined} share */
function shareDone({ total, done, pending } = { total: 0, done: 0 }) {
  return pending === undefined ? done : total - pending;
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
