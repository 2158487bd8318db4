import { acceptedOf, type Entry, textIn } from "../clients/workload.ts";

// What clients were told has to agree with itself, before anything else is looked at.

const PLACING = new Set(["order", "checkout"]);
/** Refusals of a request that was never wrong. */
const IMPOSSIBLE = new Set(["idempotency_key_reused", "malformed_json", "unauthenticated", "forbidden", "internal_error"]);

/** Findings in the answers alone. */
export function checkAnswers(log: readonly Entry[]): string[] {
  return log.flatMap((entry) => [...unanswered(entry), ...impossible(entry), ...contradicted(entry)]);
}

function unanswered({ what, key, answers, attempts, times }: Entry): string[] {
  return answers.length < times ? [`never answered in ${attempts} attempts: ${what} ${key}`] : [];
}

function impossible({ what, key, answers }: Entry): string[] {
  const codes = answers.map(({ body }) => textIn(body, "code"));
  return codes.filter((code) => IMPOSSIBLE.has(code)).map((code) => `answered ${code}: ${what} ${key}`);
}

/** One key, sent twice at once: one order or one refusal, and one effect. */
function contradicted(entry: Entry): string[] {
  const { what, key, answers } = entry;
  const accepted = answers.filter(({ status }) => status < 300);
  const ids = new Set(accepted.map(({ body }) => idOf(what, body)));
  const words = answers.map(({ status, body }) => `${status} ${textIn(body, "code") || idOf(what, body)}`).join(" and ");
  const isSplit = PLACING.has(what) && acceptedOf(entry) !== undefined && accepted.length < answers.length;
  return ids.size > 1 || isSplit ? [`one key, two answers: ${what} ${key}: ${words}`] : [];
}

const ID_FIELDS: Record<string, string> = { transfer: "transfer_id", receipt: "receipt_id", cart: "cart_id", edit: "cart_id" };

function idOf(what: string, body: Record<string, unknown>): string {
  if (what === "adjust") return textIn(body["movement"] as object, "movement_id");
  return textIn(body, ID_FIELDS[what] ?? "order_id");
}
