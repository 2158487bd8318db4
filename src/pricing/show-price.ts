import { findSellables } from "../catalog/queries.ts";
import type { Deps } from "../deps.ts";
import { invalidField } from "../errors.ts";
import { MAX_SUM_MINOR, type Minor, quotient } from "../rules/money.ts";
import { priceStepOf } from "../rules/payment-methods.ts";
import type { Tier } from "../rules/rights.ts";
import { requireSellable } from "../stock/storefront/check-availability.ts";
import { pricingQuery } from "./price-book.ts";
import type { PricedLine, RefusedRule } from "./rules/pricing-rule.ts";
import { lineTotal, priceLines } from "./rules/quote.ts";

/** An item and the customer to price it for. */
export interface PriceRequest {
  productId: string;
  variantId: string | undefined;
  quantity: number;
  /** In upper case. */
  promoCode: string | null;
  tier: Tier | null;
  /** The signed-in customer; null for everybody else. */
  customerId: string | null;
}

/** The current price of some units, alone in an order. */
export interface Price extends PricedLine {
  productId: string;
  variantId: string;
  quantity: number;
  basePriceMinor: Minor;
  /** Rounded; `afterMinor` is exact. */
  finalUnitPriceMinor: Minor;
  refused: RefusedRule[];
}

/**
 * Prices some units of a variant by the current rules, in one hop.
 * @throws Refusal `not_found`; `validation_failed` where the variant has to be named, or the sum is too large to be exact
 */
export async function showPrice(deps: Deps, request: PriceRequest): Promise<Price> {
  const { quantity, promoCode, tier, customerId } = request;
  const {
    sellables: [sellable],
    book,
  } = await deps.db.batch("show price", {
    sellables: findSellables([{ productId: request.productId, variantId: request.variantId }]),
    book: pricingQuery(deps, { promoCodes: promoCode === null ? [] : [promoCode], customerId }),
  });
  const { productId, variantId, category, priceMinor } = requireSellable(request, sellable);
  const line = { lineNo: 0, productId, variantId, category, quantity, unitPriceMinor: priceMinor, promoCode, tier };
  if (lineTotal(line) > MAX_SUM_MINOR) throw invalidField("quantity", "the total would be too large to be exact");
  const { lines, refused } = priceLines([line], {
    ...book,
    customerId,
    nowMs: deps.nowMs(),
    stepMinor: priceStepOf(deps.config),
  });
  const [priced = notPriced()] = lines;
  return {
    ...priced,
    productId,
    variantId,
    quantity,
    basePriceMinor: priceMinor,
    finalUnitPriceMinor: quotient(BigInt(priced.afterMinor), BigInt(quantity)),
    refused,
  };
}

function notPriced(): never {
  throw new Error("a line was not priced");
}
