import type { Deps } from "../deps.ts";
import { writeOnce } from "../writes/write-once.ts";
import type { Keyed, Written } from "../writes/rules/keyed.ts";
import { upsertPostalCodes } from "./postal-queries.ts";
import { type DroppedCode, usableCodes } from "./rules/known-codes.ts";
import type { KnownCode } from "./rules/locate.ts";
import { normalisePostalCode } from "./rules/postal-code.ts";

/** What was written of a list of codes, and what was not. Answers that releases up to 0.3.0 kept have no `dropped`. */
export interface WrittenCodes {
  country: string;
  written: number;
  dropped?: DroppedCode[];
}

/**
 * Writes the locations of postal codes of one country, but for those that cannot be true. Of a code that is listed twice, in any
 * spelling, the last location is kept.
 */
export function writePostalCodes(
  deps: Deps,
  keyed: Keyed | undefined,
  country: string,
  codes: readonly KnownCode[],
): Promise<Written<WrittenCodes>> {
  const byCode = new Map(codes.map((each) => [normalisePostalCode(country, each.code), each]));
  const normalised = [...byCode].map(([code, { latitude, longitude }]) => ({ code, latitude, longitude }));
  const { usable, dropped } = usableCodes(country, normalised);
  const answer = { country, written: usable.length, dropped };
  const after = { country, written: usable.length, dropped: dropped.length };
  const plan = {
    queries: usable.length > 0 ? [upsertPostalCodes(country, usable)] : [],
    changes: [{ action: "postal_codes.write", recordType: "country", recordId: country, after }],
    answer,
    status: 200 as const,
  };
  return writeOnce(deps, keyed, () => Promise.resolve(plan));
}
