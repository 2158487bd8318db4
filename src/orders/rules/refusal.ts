import type { Bill } from "../../pricing/rules/bill.ts";
import { toRefusedJson } from "../../pricing/rules/pricing-rule.ts";
import { type Minor, toMajor } from "../../rules/money.ts";
import { type StockError, shortageProblem } from "../../stock/rules/shortage.ts";
import { type PricedOrder, toSoldJson, toTotalsJson } from "./priced.ts";

/** A refusal that is a decision: with a key it is kept, and every retry gets it again (C9). */
export interface Decided {
  code: "insufficient_stock" | "total_changed" | "max_per_order_exceeded" | "max_per_customer_exceeded" | "hold_share_exceeded";
  detail: string;
  /** Beside the standard members of the problem document. */
  members: Record<string, unknown>;
}

/** The refusal of an order that the stock does not cover, with every short line. */
export function stockRefusal(orderId: string, stockErrors: StockError[]): Decided {
  const { detail, members } = shortageProblem(stockErrors);
  return decided("insufficient_stock", detail, { order_id: orderId, ...members });
}

/** The refusal of an order whose total is not what the shopper expects, with the quote of now. */
export function totalRefusal(
  { items, totals, refused, unusedCodes }: PricedOrder,
  expectedMinor: Minor | undefined,
  { currency, decimals }: { currency: string; decimals: number },
): Decided {
  const refusedRules = refused.map((rule) => ({ ...toRefusedJson(rule), promo_code: rule.promoCode }));
  const sums = toTotalsJson(totals, decimals);
  const quote = { ...sums, currency, items: items.map((item) => toSoldJson(item, decimals)), refused_rules: refusedRules };
  const expected = expectedMinor === undefined ? null : toMajor(expectedMinor, decimals);
  const idle = unusedCodes.map((code) => `The promo code ${code} takes nothing off. `).join("");
  const counted = expected === null ? "" : ` ${expected} was expected.`;
  return decided("total_changed", `${idle}The total is ${sums.total} ${currency}.${counted}`, {
    expected_total: expected,
    quote,
  });
}

/** A decided refusal. */
export function decided(code: Decided["code"], detail: string, members: Decided["members"]): Decided {
  return { code, detail, members };
}

/**
 * Whether an order comes to what the shopper expects: the total that they named; else any, as long as each promo code that they
 * named takes something off.
 */
export function isAsExpected(
  { totals, unusedCodes }: Pick<Bill<never>, "totals" | "unusedCodes">,
  expectedMinor: Minor | undefined,
): boolean {
  return expectedMinor === undefined ? unusedCodes.length === 0 : expectedMinor === totals.totalMinor;
}

/** Whether the total changed because a limited rule that the order was to use has no use left. */
export function isUsedUp(before: Pick<Bill<never>, "totals" | "uses">, now: Pick<Bill<never>, "totals" | "uses">): boolean {
  const left = new Set(now.uses.map(({ ruleId }) => ruleId));
  return before.totals.totalMinor !== now.totals.totalMinor && before.uses.some(({ ruleId }) => !left.has(ruleId));
}
