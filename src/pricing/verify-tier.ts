import type { Caller } from "../deps.ts";
import { Refusal } from "../errors.ts";
import type { Tier } from "../rules/rights.ts";
import { tierFor } from "./rules/tier.ts";

/**
 * The tier that a caller's prices go by; null for none.
 * @throws Refusal `tier_not_verified` where the asked one is not theirs
 */
export function verifyTier(caller: Pick<Caller, "tier" | "may">, asked: Tier | undefined): Tier | null {
  const tier = tierFor(asked, caller.tier, caller.may("pricing:choose_tier"));
  if (tier !== undefined) return tier;
  throw new Refusal("tier_not_verified", `You are not known to have the tier ${asked}.`, {
    errors: [{ field: "user_tier", message: "is not yours" }],
  });
}
