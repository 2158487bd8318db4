import { type RuleKind, takeOffEach } from "./rule-kind.ts";

/** Off every line that was given its promo code. */
export const promoCodePercentage: RuleKind = { needs: [["promoCode"]], isOfCart: false, takes: takeOffEach };
