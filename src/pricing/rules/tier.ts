import type { Tier } from "../../rules/rights.ts";

/**
 * The tier that somebody's prices go by.
 * @param asked named in the request  @param own an account's; guests and machines have none
 * @param mayChoose whether any may be named
 * @returns null for no tier, which matches no rule about one; `undefined` where the asked one is not theirs
 */
export function tierFor(asked: Tier | undefined, own: Tier | undefined, mayChoose: boolean): Tier | null | undefined {
  if (asked === undefined) return own ?? null;
  return mayChoose || asked === own ? asked : undefined;
}
