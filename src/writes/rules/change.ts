import { canonicalJson } from "../../rules/encode.ts";

/** A change for the audit log: the action, the record, and the record before and after; absent where it did not exist. */
export interface Change {
  /** Such as `product.change`: the record's kind and the verb. */
  action: string;
  recordType: string;
  recordId: string;
  before?: object | undefined;
  after?: object | undefined;
}

/** An entry of the audit log. */
export interface Entry extends Omit<Change, "before" | "after"> {
  auditId: string;
  atMs: number;
  actor: string;
  before: Record<string, unknown> | null;
  after: Record<string, unknown> | null;
  requestId: string;
}

/** The most characters of JSON that the log keeps per side: enough for all but the largest records. */
const MAX_SIDE = 4_096;

/** A change with its two sides as JSON. */
export interface Audited extends Omit<Change, "before" | "after"> {
  before: string | null;
  after: string | null;
}

/** Keeps the members that differ, or all of a created or deleted record, under their names in the API. */
export function toAudited({ before, after, ...change }: Change): Audited {
  if (!before || !after) return { ...change, before: textOf(before), after: textOf(after) };
  const [then, now] = [before, after] as [Record<string, unknown>, Record<string, unknown>];
  const differing = [...new Set([...Object.keys(then), ...Object.keys(now)])].filter(
    (member) => canonicalJson(then[member]) !== canonicalJson(now[member]),
  );
  const pick = (side: Record<string, unknown>) => Object.fromEntries(differing.map((member) => [member, side[member] ?? null]));
  return { ...change, before: textOf(pick(then)), after: textOf(pick(now)) };
}

/**
 * Serialises one side. Its longest members are replaced by their number of characters until it fits.
 */
function textOf(side: object | undefined): string | null {
  if (side === undefined) return null;
  const members = Object.entries(inSnakeCase(side) as object)
    .map(([name, value]) => ({ name, text: JSON.stringify(value) as string | undefined }))
    .flatMap(({ name, text }) => (text === undefined ? [] : [{ name: JSON.stringify(name), text }]));
  let length = members.reduce((sum, { name, text }) => sum + name.length + text.length + 2, 1);
  for (const member of members.toSorted((a, b) => b.text.length - a.text.length)) {
    if (length <= MAX_SIDE) break;
    const cut = JSON.stringify({ cut_characters: member.text.length });
    length += cut.length - member.text.length;
    member.text = cut;
  }
  return `{${members.map(({ name, text }) => `${name}:${text}`).join()}}`;
}

function inSnakeCase(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inSnakeCase);
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [
      name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
      inSnakeCase(member),
    ]),
  );
}
