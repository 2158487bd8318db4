import type { Query } from "../db/client.ts";
import type { Deps } from "../deps.ts";
import { type UsesRequest, findPrices } from "./queries.ts";
import type { PriceList, RuleUse } from "./rules/pricing-rule.ts";

/** What prices depend on beside lines: the active rules, the taxes, and how often the limited rules that could apply were used. */
export interface PriceBook extends Pick<PriceList, "rules" | "taxes"> {
  uses: Map<string, RuleUse>;
}

/**
 * Makes the one query that pricing needs, for the caller's own batch. Rules and taxes are remembered, and always current: the same
 * statement reads them anew where their version is another.
 */
export function pricingQuery(deps: Deps, asked: UsesRequest): Query<PriceBook> {
  const known = deps.cache.pricing;
  const found = findPrices(known?.version, asked);
  return {
    statement: found.statement,
    read: (result) => {
      const { list, uses } = found.read(result);
      // Who was answered meanwhile may have remembered a newer list than this one.
      if (list && deps.cache.pricing === known) deps.cache.pricing = list;
      const { rules, taxes } = list ?? known ?? neverRead();
      return { rules, taxes, uses };
    },
  };
}

function neverRead(): never {
  throw new Error("D1 gave no rules, and none were remembered");
}
