import { canonicalJson } from "../../rules/encode.ts";

/** A write as the audit log keeps it: what was done to which record, and what the record was before and after; absent where it was not. */
export interface Change {
  /** Such as `product.change`: the record's kind and the verb. */
  action: string;
  recordType: string;
  recordId: string;
  before?: object | undefined;
  after?: object | undefined;
}

/** A change with its two sides as JSON. */
export interface Audited extends Omit<Change, "before" | "after"> {
  before: string | null;
  after: string | null;
}

/** Keeps of both sides what differs; of a record that was made, or is gone, all. */
export function toAudited({ before, after, ...change }: Change): Audited {
  if (!before || !after) return { ...change, before: textOf(before), after: textOf(after) };
  const [then, now] = [before, after] as [Record<string, unknown>, Record<string, unknown>];
  const differing = [...new Set([...Object.keys(then), ...Object.keys(now)])].filter(
    (member) => canonicalJson(then[member]) !== canonicalJson(now[member]),
  );
  const pick = (side: Record<string, unknown>) => Object.fromEntries(differing.map((member) => [member, side[member] ?? null]));
  return { ...change, before: textOf(pick(then)), after: textOf(pick(now)) };
}

function textOf(side: object | undefined): string | null {
  return side === undefined ? null : JSON.stringify(side);
}
