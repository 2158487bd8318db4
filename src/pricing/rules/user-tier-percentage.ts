import { type RuleKind, takeOffEach } from "./rule-kind.ts";

/** Off every line of a customer of one tier. */
export const userTierPercentage: RuleKind = { needs: [["userTier"]], isOfCart: false, takes: takeOffEach };
