import type { Deps } from "../../deps.ts";
import { invalidField } from "../../errors.ts";
import type { PriceBook } from "../../pricing/price-book.ts";
import { billFor, type BillTerms } from "../../pricing/rules/bill.ts";
import type { LineToPrice, PricedLine, RefusedRule } from "../../pricing/rules/pricing-rule.ts";
import type { LineForSale } from "../../pricing/rules/lines.ts";
import { itemOf } from "../rules/lines.ts";
import type { PricedOrder } from "../rules/refusal.ts";

/** A line that is asked for by somebody: with the promo code and the tier that it is priced by. */
export type AskedLine = LineForSale & LineToPrice;

/** What the price of an order depends on beside its lines and the price book. */
export type PriceTerms = Pick<BillTerms, "country" | "customerId" | "deliveryCostMinor" | "nowMs">;

/**
 * Prices an order by the rules and taxes of the shop.
 * @param standing the prices of its lines, where they stand already
 * @throws Refusal `validation_failed` where it comes to more than can be exact
 */
export function priceOrder(
  { config }: Deps,
  lines: readonly AskedLine[],
  { rules, taxes, uses }: PriceBook,
  terms: PriceTerms,
  standing?: { lines: PricedLine[]; refused: RefusedRule[] },
): PricedOrder {
  const all = { ...terms, rules, taxes, uses, taxIncluded: config.pricesIncludeTax };
  const bill = billFor(lines, all, standing && (() => standing));
  if (!bill) throw invalidField("items", "come to a total that is too large to be exact");
  const { lines: billed, ...priced } = bill;
  return { ...priced, items: billed.map(itemOf) };
}
