import type { Bill } from "../../pricing/rules/bill.ts";
import { toRefusedJson } from "../../pricing/rules/pricing-rule.ts";
import { type Minor, toMajor } from "../../rules/money.ts";
import { type StockError, shortageProblem } from "../../stock/rules/shortage.ts";
import type { OrderItem } from "./order.ts";
import { toSoldJson, toTotalsJson } from "./priced.ts";

/** A refusal that is a decision: with a key it is kept, and every retry hears it again (PROTOCOL C9). */
export interface Decided {
  code: "insufficient_stock" | "total_changed";
  detail: string;
  /** Told beside the standard members of the problem document. */
  members: Record<string, unknown>;
}

/** The refusal of DESIGN §9, with every short line. */
export function stockRefusal(orderId: string, stockErrors: StockError[]): Decided {
  const { detail, members } = shortageProblem(stockErrors);
  return decided("insufficient_stock", detail, { order_id: orderId, ...members });
}

/** An order that is priced, and nothing more. */
export interface PricedOrder extends Omit<Bill<never>, "lines"> {
  items: OrderItem[];
}

/** The refusal of an order that does not come to what its shopper counts on, with what it would come to. */
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

function decided(code: Decided["code"], detail: string, members: Decided["members"]): Decided {
  return { code, detail, members };
}
