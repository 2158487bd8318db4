import type { Caller, Deps } from "../deps.ts";
import type { Keyed } from "../writes/rules/keyed.ts";
import { verifyTier } from "../pricing/verify-tier.ts";
import type { Tier } from "../rules/rights.ts";
import type { ItemEdit } from "./decide-edit.ts";
import { type EditedCart, editItem } from "./edit-item.ts";

/**
 * Sets how many of a variant a cart has, and reserves them; a line that is there keeps its promo code unless another is named.
 * @param tier asked for; the caller's own otherwise
 * @throws Refusal `tier_not_verified`, and what `editItem` refuses
 */
export async function addItem(
  deps: Deps,
  keyed: Keyed | undefined,
  caller: Caller,
  { tier, ...edit }: Omit<ItemEdit, "kind" | "tier"> & { tier: Tier | undefined },
): Promise<EditedCart> {
  return editItem(deps, keyed, caller, { ...edit, kind: "put", tier: verifyTier(caller, tier) });
}
