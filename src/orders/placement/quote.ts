import { findOrderSellables, findSellableComponents } from "../../catalog/queries.ts";
import { inOne } from "../../db/client.ts";
import type { Deps } from "../../deps.ts";
import { invalidField, Refusal, refusedField } from "../../errors.ts";
import { type PriceBook, pricingQuery } from "../../pricing/price-book.ts";
import { billFor, type BillTerms } from "../../pricing/rules/bill.ts";
import {
  demandByProduct,
  type LimitedProduct,
  type LineForSale,
  type Need,
  type OrderLines,
  orderLines,
} from "../../pricing/rules/lines.ts";
import type { LineToPrice, PricedLine, RefusedRule } from "../../pricing/rules/pricing-rule.ts";
import { toMajor } from "../../rules/money.ts";
import { methodsTaken, paidByOf, priceStepOf } from "../../rules/payment-methods.ts";
import type { StockError } from "../../stock/rules/shortage.ts";
import { type Delivery, deliveryQuery, type Destination, rankOrRefuse } from "../../warehouses/ranking.ts";
import { estimatedDeliveryMs } from "../../warehouses/rules/delivery.ts";
import type { RankedBy } from "../../warehouses/rules/rank.ts";
import { requireAddress } from "../lifecycle/address-refusals.ts";
import { findRecord, type OrderRecord } from "../queries.ts";
import { customersOf, leastUnits } from "../rules/limits.ts";
import type { Buyer, OrderRequest } from "../rules/order-request.ts";
import { itemOf, type PricedOrder } from "../rules/priced.ts";
import type { Attempt } from "./attempt.ts";
import type { ReservationRequest } from "./reserve.ts";

/** One order calls at most so many objects. */
const MAX_PRODUCTS = 100;

/** What D1 has under a new id, of an order without a key. */
export const NO_RECORD: OrderRecord = { order: undefined, refusal: undefined };

/** The order if the stock allows it: its lines and totals, the warehouses that may supply it, and what each object is asked for. */
export interface Quote extends PricedOrder, ReservationRequest {
  needs: Need[];
  unknown: StockError[];
  limits: LimitedProduct[];
  rankedBy: RankedBy;
  estimatedDeliveryAtMs: number;
  createdAtMs: number;
}

/**
 * Reads everything that an order needs in one D1 batch, the same statements for any number of lines (C1).
 * @returns what D1 has under the order's id already, and how to quote where it has nothing
 */
export async function quoteOrder(
  deps: Deps,
  attempt: Attempt,
  request: OrderRequest,
): Promise<{ record: OrderRecord; quote: () => Quote }> {
  const { promoCode, tier, userId: customerId } = request;
  const wanted = request.items.map(({ quantity: _quantity, ...item }) => item);
  const { components, facts } = await deps.db.batch("quote", {
    components: findSellableComponents(wanted),
    facts: inOne({
      sellables: findOrderSellables(wanted),
      delivery: deliveryQuery(deps, destinationOf(request)),
      book: pricingQuery(deps, { promoCodes: promoCode === null ? [] : [promoCode], customerId }),
      record: attempt.isKeyed ? findRecord(attempt.orderId) : undefined,
    }),
  });
  const { sellables, delivery, book, record = NO_RECORD } = facts;
  const quote = (): Quote => {
    const lines = orderLines(request.items, sellables, components);
    const [ambiguous] = lines.ambiguous;
    if (ambiguous !== undefined)
      throw invalidField(`items[${ambiguous}].variant_id`, "the product has several variants: name one");
    const priced = lines.items.map((line) => ({ ...line, promoCode, tier }));
    return quoteLines(deps, request, lines, delivery, (terms) => priceOrder(deps, priced, book, terms));
  };
  return { record, quote };
}

/** The destination of an order, for its ranking of warehouses. */
export function destinationOf({ country, postalCode, edge }: Buyer): Destination {
  return { country, postalCode: postalCode ?? undefined, edge };
}

/**
 * Quotes lines for a buyer: the warehouses that may supply them, what each object is asked for, and the price.
 * @throws Refusal `validation_failed`, `contact_required`, `address_required`, `country_not_served`, `self_service_unavailable`, `order_too_large`
 */
export function quoteLines<P extends PricedOrder>(
  deps: Deps,
  buyer: Buyer,
  { needs, unknown, limits }: Pick<OrderLines, "needs" | "unknown" | "limits">,
  { methods, rank }: Delivery,
  price: (terms: PriceTerms) => P,
): Quote & P {
  const { country, userId: customerId, deliveryMethod } = buyer;
  // Not before: a repeat with its key gets its order, whatever the book has by then.
  if (buyer.hasUnknownAddress) throw invalidField("address_id", "is not in the address book");
  checkMethod(deps, buyer);
  checkContact(deps, buyer, limits);
  const method = methods.find((each) => each.method === deliveryMethod);
  if (!method) throw invalidField("delivery_method", "is not offered by this shop");
  requireAddress(method, buyer);
  const { ranking, rankedBy } = rankOrRefuse(rank, country, { selfService: deliveryMethod === "self_service" });
  const demand = demandByProduct(needs);
  if (demand.size > MAX_PRODUCTS) throw tooLarge(demand.size);
  const createdAtMs = deps.nowMs();
  const priced = price({ country, customerId, deliveryCostMinor: method.costMinor, nowMs: createdAtMs });
  checkPayable(deps, buyer, priced);
  return {
    needs,
    unknown,
    limits,
    ...priced,
    policy: buyer.policy ?? deps.config.allocationPolicy,
    // Self-service is handed over at one place: the nearest that offers it; what it lacks is short.
    ranking: ranking.slice(0, deliveryMethod === "self_service" ? 1 : undefined).map(({ warehouse }) => warehouse.warehouseId),
    rankedBy,
    demand,
    share:
      isSoldAtOnce(buyer, priced) || !deps.holdShare ? undefined : { ...deps.holdShare, least: leastUnits(needs, priced.items) },
    estimatedDeliveryAtMs: estimatedDeliveryMs(createdAtMs, method),
    createdAtMs,
  };
}

/** @throws Refusal `validation_failed` for a payment method that the shop does not take */
function checkMethod({ config }: Deps, { paymentMethod }: Buyer): void {
  if (paidByOf(config, paymentMethod) !== undefined) return;
  const taken = methodsTaken(config).map(({ method }) => method);
  throw invalidField("payment_method", `is not taken by this shop, which takes ${taken.join(", ")}`);
}

/** What is paid at its delivery, or costs nothing, is held by nobody. */
function isSoldAtOnce({ paymentMethod }: Buyer, { totals }: PricedOrder): boolean {
  return paymentMethod === "cod" || totals.totalMinor === 0;
}

/** @throws Refusal `contact_required` for an order of nobody who is known, where the shop or a limit of a product demands it */
function checkContact({ config }: Deps, buyer: Buyer, limits: readonly LimitedProduct[]): void {
  if (customersOf(buyer).length > 0) return;
  const limited = limits.find(({ maxPerCustomer }) => maxPerCustomer !== null);
  if (limited) throw contactRequired(`Each customer may buy only so many of ${limited.productName}.`);
  if (config.cashNeedsContact && buyer.paymentMethod === "cod")
    throw contactRequired("This shop delivers for cash only to whom it can reach.");
}

function contactRequired(why: string): Refusal {
  return new Refusal("contact_required", `${why} Give a phone number or an e-mail address.`, {
    errors: [{ field: "customer_phone", message: "give a number that can be called, or customer_email" }],
  });
}

/** Prices with more decimals than Stripe has. @throws Refusal `validation_failed` for an order that its method could not charge */
function checkPayable({ config }: Deps, { paymentMethod }: Buyer, { totals: { totalMinor } }: PricedOrder): void {
  const { currency, currencyDecimals: decimals, stripeStepMinor } = config;
  if (paidByOf(config, paymentMethod) !== "stripe" || totalMinor % stripeStepMinor === 0) return;
  const [total, step] = [toMajor(totalMinor, decimals), toMajor(stripeStepMinor, decimals)];
  throw invalidField("payment_method", `cannot charge ${total} ${currency}, which is no multiple of ${step}`);
}

/** What the price of an order depends on besides its lines and the price book. */
type PriceTerms = Pick<BillTerms, "country" | "customerId" | "deliveryCostMinor" | "nowMs">;

/**
 * Prices an order by the rules and taxes of the shop.
 * @param lines each with the promo code and the tier that it is priced by
 * @param standing the prices of its lines, where they are fixed already
 * @throws Refusal `validation_failed` where the total is too large to be exact
 */
export function priceOrder(
  { config }: Deps,
  lines: readonly (LineForSale & LineToPrice)[],
  { rules, taxes, uses }: PriceBook,
  terms: PriceTerms,
  standing?: { lines: PricedLine[]; refused: RefusedRule[] },
): PricedOrder {
  const all = {
    ...terms,
    rules,
    taxes,
    uses,
    taxIncluded: config.pricesIncludeTax,
    taxDelivery: config.taxDelivery,
    stepMinor: priceStepOf(config),
  };
  const bill = billFor(lines, all, standing && (() => standing));
  if (!bill) throw invalidField("items", "add up to a total that is too large to be exact");
  const { lines: billed, ...priced } = bill;
  return { ...priced, items: billed.map(itemOf) };
}

function tooLarge(products: number): Refusal {
  const message = `the order has ${products} distinct products; the limit is ${MAX_PRODUCTS}`;
  return refusedField("order_too_large", "items", message);
}
