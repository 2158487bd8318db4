import type { BilledLine } from "../../pricing/rules/bill.ts";
import type { LineForSale } from "../../pricing/rules/lines.ts";
import type { OrderItem } from "./order.ts";

/** A line as it is sold at the price of its bill. */
export function itemOf(line: LineForSale & BilledLine): OrderItem {
  const { lineNo, productId, variantId, sku, name, quantity, unitPriceMinor } = line;
  const { discountMinor, afterMinor: lineTotalMinor, taxMinor, taxBps, discounts } = line;
  const price = { unitPriceMinor, discountMinor, lineTotalMinor, taxMinor, taxBps, discounts };
  return { lineNo, productId, variantId, sku, name, quantity, ...price };
}
