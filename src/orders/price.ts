import type { Deps } from "../deps.ts";
import { invalidField } from "../errors.ts";
import type { PriceBook } from "../pricing/price-book.ts";
import { billFor, type BillTerms } from "../pricing/rules/bill.ts";
import type { LineToPrice } from "../pricing/rules/pricing-rule.ts";
import { itemOf, type LineForSale } from "./rules/lines.ts";
import type { PricedOrder } from "./rules/refusal.ts";

/** A line that is asked for by somebody: with the promo code and the tier that it is priced by. */
export type AskedLine = LineForSale & LineToPrice;

/**
 * Prices an order by the rules and taxes of the shop.
 * @throws Refusal `validation_failed` where it comes to more than can be exact
 */
export function priceOrder(
  { config }: Deps,
  lines: readonly AskedLine[],
  { rules, taxes, uses }: PriceBook,
  terms: Pick<BillTerms, "country" | "customerId" | "deliveryCostMinor" | "nowMs">,
): PricedOrder {
  const bill = billFor(lines, { ...terms, rules, taxes, uses, taxIncluded: config.pricesIncludeTax });
  if (!bill) throw invalidField("items", "come to a total that is too large to be exact");
  const { lines: billed, ...priced } = bill;
  return { ...priced, items: billed.map(itemOf) };
}
