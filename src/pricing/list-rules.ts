import type { Deps } from "../deps.ts";
import { cutPage, type Page, type TimeKey, windowSize } from "../rules/page.ts";
import { findRuleWindow } from "./rule-queries.ts";
import type { RuleType } from "./rules/pricing-rule.ts";
import type { StoredRule } from "./rules/rule-fields.ts";

/** Filters and a page. */
export interface RuleListRequest {
  type: RuleType | undefined;
  isActive: boolean | undefined;
  /** In upper case. */
  promoCode: string | undefined;
  after: TimeKey | undefined;
  limit: number;
}

const NEWEST: TimeKey = { atMs: Number.MAX_SAFE_INTEGER, id: "" };

/** Lists rules, newest first. No index covers the filters: a filtered page may be short, or empty, and not the last. */
export async function listRules(deps: Deps, { after, limit, ...filters }: RuleListRequest): Promise<Page<StoredRule>> {
  const { type, isActive, promoCode } = filters;
  const isFiltered = Object.values(filters).some((value) => value !== undefined);
  const size = windowSize(limit, 2, isFiltered);
  const { window } = await deps.db.batch("list rules", { window: findRuleWindow(after ?? NEWEST, size) });
  return cutPage(window, {
    size,
    limit,
    fits: (rule) =>
      (type === undefined || rule.type === type) &&
      (isActive === undefined || rule.isActive === isActive) &&
      (promoCode === undefined || rule.promoCode === promoCode),
    keyOf: ({ createdAtMs, ruleId }) => ({ atMs: createdAtMs, id: ruleId }),
  });
}
