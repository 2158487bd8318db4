import { acceptedAnswer, type Entry, textField } from "../clients/workload.ts";

// The answers of the log must be consistent among themselves.

const PLACING = new Set(["order", "checkout"]);
/** Error codes that no request of the workload may get. */
const UNEXPECTED = new Set(["idempotency_key_reused", "malformed_json", "unauthenticated", "forbidden", "internal_error"]);

/** Checks the answers alone. */
export function checkAnswers(log: readonly Entry[]): string[] {
  return log.flatMap((entry) => [...unanswered(entry), ...unexpected(entry), ...contradicted(entry)]);
}

function unanswered({ what, key, answers, attempts, copies }: Entry): string[] {
  return answers.length < copies ? [`never answered in ${attempts} attempts: ${what} ${key}`] : [];
}

function unexpected({ what, key, answers }: Entry): string[] {
  const codes = answers.map(({ body }) => textField(body, "code"));
  return codes.filter((code) => UNEXPECTED.has(code)).map((code) => `answered ${code}: ${what} ${key}`);
}

/** A write that was sent twice at once must have one effect: one order or one refusal. */
function contradicted(entry: Entry): string[] {
  const { what, key, answers } = entry;
  const accepted = answers.filter(({ status }) => status < 300);
  const ids = new Set(accepted.map(({ body }) => idOf(what, body)));
  const texts = answers.map(({ status, body }) => `${status} ${textField(body, "code") || idOf(what, body)}`).join(" and ");
  const isSplit = PLACING.has(what) && acceptedAnswer(entry) !== undefined && accepted.length < answers.length;
  return ids.size > 1 || isSplit ? [`contradicting answers under one key: ${what} ${key}: ${texts}`] : [];
}

const ID_FIELDS: Record<string, string> = {
  transfer: "transfer_id",
  receipt: "receipt_id",
  recall: "transfer_id",
  cart: "cart_id",
  edit: "cart_id",
};

function idOf(what: string, body: Record<string, unknown>): string {
  if (what === "adjust") return textField(body["movement"] as object, "movement_id");
  return textField(body, ID_FIELDS[what] ?? "order_id");
}
