import type { Caller } from "../deps.ts";
import { Refusal } from "../errors.ts";
import type { Tier } from "../rules/rights.ts";

/**
 * The tier whose prices a caller gets; null for none.
 * @throws Refusal `tier_not_verified` where the requested tier is not the caller's and the caller may not choose one
 */
export function verifyTier(caller: Pick<Caller, "tier" | "may">, requested: Tier | undefined): Tier | null {
  const tier = tierFor(requested, caller.tier, caller.may("pricing:choose_tier"));
  if (tier !== undefined) return tier;
  throw new Refusal("tier_not_verified", `Your account does not have the tier ${requested}.`, {
    errors: [{ field: "user_tier", message: "is not yours" }],
  });
}

/**
 * Decides which tier applies.
 * @param requested named in the request  @param own the account's; guests and API keys have none
 * @param mayChoose whether the caller may name any tier
 * @returns null for no tier, which matches no tier rule; `undefined` where the requested tier is not allowed
 */
export function tierFor(requested: Tier | undefined, own: Tier | undefined, mayChoose: boolean): Tier | null | undefined {
  if (requested === undefined) return own ?? null;
  return mayChoose || requested === own ? requested : undefined;
}
