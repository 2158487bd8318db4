import { type RuleKind, takeOffEach } from "./rule-kind.ts";

/** Off every line, from a time on, until one, or between the two. */
export const seasonalPercentage: RuleKind = { needs: [["startAtMs", "endAtMs"]], isOfCart: false, takes: takeOffEach };
