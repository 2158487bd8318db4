import { type RuleKind, takeOffEach } from "./rule-kind.ts";

/** Off every line that has enough units. */
export const bulkQuantity: RuleKind = { needs: [["minQuantity"]], isOfCart: false, takes: takeOffEach };
