import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { isUnreachable } from "./api.js";
import { failure } from "./failure.js";
import { createBar } from "./progress.js";

/**
 * @typedef {import("./api.js").Api} Api
 * @typedef {import("./catalogue-file.js").Piece} Piece
 * @typedef {{ row: number, product_id: string | null, outcome: string, errors: { field: string, message: string }[] }} Row
 * @typedef {{ totals: Record<string, number>, refused: Row[] }} Uploaded `refused` with the rows' numbers in the file
 */

const TYPES = { csv: "text/csv; charset=utf-8", ndjson: "application/x-ndjson" };
const UNDECIDED = 503;
const MAX_ATTEMPTS = 5;
const PAUSE_MS = 1_000;

/**
 * Sends a catalogue in parts. Each has a key of its own, with which it is repeated if the answer was lost.
 * @param {Api} api @param {Piece[]} pieces @param {keyof typeof TYPES} format @param {number} [pauseMs]
 * @returns {Promise<Uploaded>}
 */
export async function uploadCatalogue(api, pieces, format, pauseMs = PAUSE_MS) {
  const bar = createBar(
    "Catalogue",
    pieces.reduce((sum, { numbers }) => sum + numbers.length, 0),
  );
  /** @type {Uploaded} */
  const uploaded = { totals: {}, refused: [] };
  try {
    for (const { body, numbers } of pieces) {
      const call = { method: "POST", path: "/api/v1/products/import", body, type: TYPES[format], key: randomUUID() };
      const report = /** @type {{ totals: Record<string, number>, rows: Row[] }} */ (await sendSurely(api, call, pauseMs));
      for (const [what, count] of Object.entries(report.totals)) uploaded.totals[what] = (uploaded.totals[what] ?? 0) + count;
      const refused = report.rows.filter(({ outcome }) => outcome === "refused");
      uploaded.refused.push(...refused.map((row) => ({ ...row, row: numbers[row.row - 1] ?? row.row })));
      bar.advance(numbers.length);
    }
  } catch (error) {
    bar.abandon();
    throw error;
  }
  return uploaded;
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
