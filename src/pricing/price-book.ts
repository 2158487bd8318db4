import type { Query } from "../db/client.ts";
import type { Deps } from "../deps.ts";
import { type UsesRequest, findPrices } from "./queries.ts";
import type { PriceList, RuleUse } from "./rules/pricing-rule.ts";

/** The active rules, the tax rates, and the uses of the limited rules that could apply. */
export interface PriceBook extends Pick<PriceList, "rules" | "taxes"> {
  uses: Map<string, RuleUse>;
}

/**
 * The one query that pricing needs, as a part of the caller's batch. Rules and tax rates are cached, and always current: the statement
 * returns them again when their version has changed.
 */
export function pricingQuery(deps: Deps, request: UsesRequest): Query<PriceBook> {
  const cached = deps.cache.pricing;
  const query = findPrices(cached?.version, request);
  return {
    statement: query.statement,
    read: (result) => {
      const { list, uses } = query.read(result);
      // A concurrent request may have cached a newer list than this one.
      if (list && deps.cache.pricing === cached) deps.cache.pricing = list;
      const { rules, taxes } = list ?? cached ?? nothingRead();
      return { rules, taxes, uses };
    },
  };
}

function nothingRead(): never {
  throw new Error("D1 returned no rules, and none were cached");
}
