import type { LineJson } from "./units.ts";
import { acceptedAnswer, type Answer, type Entry, textField, type What } from "../clients/workload.ts";

// The acknowledged writes of the log. The checks derive all expectations from them.

/** A write that was acknowledged. */
export interface Acknowledged {
  entry: Entry;
  answer: Answer;
  /** The id of the order, cart or transfer in its path. */
  subjectId: string;
}

/** The acknowledged writes of some kinds, in the order in which clients started them. */
export function acknowledged(log: readonly Entry[], ...whats: What[]): Acknowledged[] {
  return log.flatMap((entry) => {
    const answer = acceptedAnswer(entry);
    return answer && whats.includes(entry.what) ? [{ entry, answer, subjectId: subjectOf(entry) }] : [];
  });
}

/** A member of the request, as text. */
export function requestText(entry: Entry, field: string): string {
  return textField(entry.body, field);
}

/** A numeric member of the request; NaN if it is missing. */
export function requestNumber(entry: Entry, field: string): number {
  return Number((entry.body as Record<string, unknown> | undefined)?.[field]);
}

/** The lines of the request. */
export function requestLines(entry: Entry): LineJson[] {
  const body: { items?: LineJson[] } = entry.body ?? {};
  return body.items ?? [];
}

/** A member of the answer, as text. */
export function answerText({ answer }: Acknowledged, field: string): string {
  return textField(answer.body, field);
}

function subjectOf({ path }: Entry): string {
  return /\/(?:orders|carts|transfers)\/([^/]+)/.exec(path)?.[1] ?? "";
}
