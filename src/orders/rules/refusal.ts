import type { Bill } from "../../pricing/rules/bill.ts";
import { type Minor, toMajor } from "../../rules/money.ts";
import type { OrderItem } from "./order.ts";
import { toSoldJson, toTotalsJson } from "./priced.ts";

/** A refusal that is a decision: with a key it is kept, and every retry hears it again (PROTOCOL C9). */
export interface Decided {
  code: "insufficient_stock" | "total_changed";
  detail: string;
  /** Told beside the standard members of the problem document. */
  members: Record<string, unknown>;
}

/** One line of a stock refusal, as it is told (DESIGN §9). */
export interface StockError {
  product_id: string;
  variant_id: string | null;
  product_name: string | null;
  requested_quantity: number;
  available_stock: number;
  message: string;
}

/** The refusal of DESIGN §9, with every short line. */
export function stockRefusal(orderId: string, stockErrors: StockError[]): Decided {
  const detail = stockErrors.map(({ message }) => message).join(" · ");
  const members = { success: false, message: "Stock validation failed", order_id: orderId, stock_errors: stockErrors };
  return decided("insufficient_stock", detail, members);
}

/** An order that is priced, and nothing more. */
export interface PricedOrder extends Omit<Bill<never>, "lines"> {
  items: OrderItem[];
}

/** The refusal of an order that does not come to what its shopper counts on, with what it would come to. */
export function totalRefusal(
  { items, totals, refused, idleCodes }: PricedOrder,
  expectedMinor: Minor | undefined,
  { currency, decimals }: { currency: string; decimals: number },
): Decided {
  const refusedRules = refused.map(({ ruleId, promoCode, reason }) => ({ rule_id: ruleId, promo_code: promoCode, reason }));
  const sums = toTotalsJson(totals, decimals);
  const quote = { ...sums, currency, items: items.map((item) => toSoldJson(item, decimals)), refused_rules: refusedRules };
  const expected = expectedMinor === undefined ? null : toMajor(expectedMinor, decimals);
  const idle = idleCodes.map((code) => `The promo code ${code} takes nothing off. `).join("");
  const counted = expected === null ? "" : ` ${expected} was expected.`;
  return decided("total_changed", `${idle}The total is ${sums.total} ${currency}.${counted}`, {
    expected_total: expected,
    quote,
  });
}

function decided(code: Decided["code"], detail: string, members: Decided["members"]): Decided {
  return { code, detail, members };
}

/** A line that the stock does not cover. */
export function shortage(line: {
  productId: string;
  variantId: string;
  productName: string;
  requested: number;
  available: number;
}): StockError {
  return {
    product_id: line.productId,
    variant_id: line.variantId,
    product_name: line.productName,
    requested_quantity: line.requested,
    available_stock: line.available,
    message: `Insufficient stock for ${line.productName}. Requested: ${line.requested}, Available: ${line.available}`,
  };
}

/** A line that names nothing which the shop sells: unknown, archived, or a variant of another product. */
export function notFound(line: { productId: string; variantId: string | null; requested: number }): StockError {
  const named = line.variantId === null ? line.productId : `${line.productId} (${line.variantId})`;
  return {
    product_id: line.productId,
    variant_id: line.variantId,
    product_name: null,
    requested_quantity: line.requested,
    available_stock: 0,
    message: `Product ${named} not found in inventory`,
  };
}
