import type { Bill } from "../../pricing/rules/bill.ts";
import type { Minor } from "../../rules/money.ts";

/**
 * Whether a shopper counts on what an order comes to: on the total that they named; else on any, as long as a promo code that they
 * named takes something off.
 */
export function isAsExpected(
  { totals, unusedCodes }: Pick<Bill<never>, "totals" | "unusedCodes">,
  expectedMinor: Minor | undefined,
): boolean {
  return expectedMinor === undefined ? unusedCodes.length === 0 : expectedMinor === totals.totalMinor;
}

/** Whether an order comes to another total now, because a limited rule that it was to use has no use left for it. */
export function isUsedUp(before: Pick<Bill<never>, "totals" | "uses">, now: Pick<Bill<never>, "totals" | "uses">): boolean {
  const left = new Set(now.uses.map(({ ruleId }) => ruleId));
  return before.totals.totalMinor !== now.totals.totalMinor && before.uses.some(({ ruleId }) => !left.has(ruleId));
}
