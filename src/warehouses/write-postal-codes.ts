import type { Deps } from "../deps.ts";
import { writeOnce } from "../writes/write-once.ts";
import type { Keyed, Written } from "../writes/rules/keyed.ts";
import { upsertPostalCodes } from "./queries.ts";
import { type KnownCode, normalisePostalCode } from "./rules/postal-code.ts";

/** Writes the locations of postal codes of one country. Of a code that is listed twice, in any spelling, the last location is kept. */
export function writePostalCodes(
  deps: Deps,
  keyed: Keyed | undefined,
  country: string,
  codes: readonly KnownCode[],
): Promise<Written<{ country: string; written: number }>> {
  const byCode = new Map(codes.map((each) => [normalisePostalCode(each.code), each]));
  const normalised = [...byCode].map(([code, { latitude, longitude }]) => ({ code, latitude, longitude }));
  const answer = { country, written: normalised.length };
  const plan = {
    queries: [upsertPostalCodes(country, normalised)],
    changes: [{ action: "postal_codes.write", recordType: "country", recordId: country, after: answer }],
    answer,
    status: 200 as const,
  };
  return writeOnce(deps, keyed, () => Promise.resolve(plan));
}
