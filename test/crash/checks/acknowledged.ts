import type { LineJson } from "./units.ts";
import { acceptedOf, type Answer, type Entry, textIn, type What } from "../clients/workload.ts";

// What clients were told: the log by what each write was about. All expectations come from here.

/** A write that was acknowledged. */
export interface Told {
  entry: Entry;
  answer: Answer;
  /** The order, cart or transfer of its address. */
  of: string;
}

/** Acknowledged writes of a kind, in the order in which they were begun. */
export function toldOf(log: readonly Entry[], ...whats: What[]): Told[] {
  return log.flatMap((entry) => {
    const answer = acceptedOf(entry);
    return answer && whats.includes(entry.what) ? [{ entry, answer, of: subjectOf(entry) }] : [];
  });
}

/** A field of what was asked, as text. */
export function asked(entry: Entry, field: string): string {
  return textIn(entry.body, field);
}

/** A field of what was asked that is a number; NaN where it is not there. */
export function askedNumber(entry: Entry, field: string): number {
  return Number((entry.body as Record<string, unknown> | undefined)?.[field]);
}

/** The lines of what was asked. */
export function linesOf(entry: Entry): LineJson[] {
  const body: { items?: LineJson[] } = entry.body ?? {};
  return body.items ?? [];
}

/** A field of what was answered, as text. */
export function answered({ answer }: Told, field: string): string {
  return textIn(answer.body, field);
}

function subjectOf({ path }: Entry): string {
  return /\/(?:orders|carts|transfers)\/([^/]+)/.exec(path)?.[1] ?? "";
}
