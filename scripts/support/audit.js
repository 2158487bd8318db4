import { count, createBar } from "./progress.js";

const PER_CALL = 50;
/** More lines do not help; the server's log has all of them. */
const MAX_LINES = 50;

/**
 * @typedef {{ product_id: string, where: "ledger" | "projection", what: string, variant_id: string | null, warehouse_id: string | null, expected: number, found: number | null }} Difference
 * @typedef {{ checked: number, differences: Difference[], repaired: string[], unanswered: string[] }} Audited
 * @typedef {Audited & { next_cursor: string | null, progress: { done: number, total: number } }} Page
 */

/**
 * Pages through the audit of all products.
 * @param {import("./api.js").Api} api @param {{ repair: boolean }} options @returns {Promise<Audited>}
 */
export async function auditAll(api, { repair }) {
  /** @type {Audited} */
  const all = { checked: 0, differences: [], repaired: [], unanswered: [] };
  /** @type {ReturnType<typeof createBar> | undefined} */
  let bar;
  let done = 0;
  /** @type {string | null | undefined} */
  let cursor;
  try {
    do {
      const body = { limit: PER_CALL, repair, ...(cursor === undefined ? {} : { cursor }) };
      const answer = await api.send({ method: "POST", path: "/api/v1/inventory/audit", body });
      const page = /** @type {Page} */ (answer.body);
      all.checked += page.checked;
      all.differences.push(...page.differences);
      all.repaired.push(...page.repaired);
      all.unanswered.push(...page.unanswered);
      bar ??= createBar("Products", page.progress.total);
      bar.advance(page.progress.done - done);
      done = page.progress.done;
      cursor = page.next_cursor;
    } while (cursor !== null);
  } catch (error) {
    bar?.abandon();
    throw error;
  }
  return all;
}

/** Describes the result in lines. @param {Audited} audited */
export function summaryOf({ checked, differences, repaired, unanswered }) {
  const lines = differences.slice(0, MAX_LINES).map(describe);
  if (differences.length > MAX_LINES) lines.push(`… and ${count(differences.length - MAX_LINES)} more; the server's log has all`);
  if (unanswered.length > 0) lines.push(`No answer: ${unanswered.slice(0, MAX_LINES).join(", ")}`);
  const products = new Set(differences.map(({ product_id }) => product_id)).size;
  lines.push(
    `${count(checked)} products checked, ${count(products)} with differences, ${count(repaired.length)} being written anew`,
  );
  return lines;
}

/** @param {Difference} difference */
function describe({ product_id, where, what, variant_id, warehouse_id, expected, found }) {
  const place = [variant_id, warehouse_id].filter((part) => part !== null).join(" in ");
  return `${product_id}${place && ` (${place})`}: ${where} ${what} is ${found ?? "missing"}, expected ${expected}`;
}
