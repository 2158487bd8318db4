import { findOrderSellables, findSellableComponents } from "../../catalog/queries.ts";
import { inOne } from "../../db/client.ts";
import type { Deps } from "../../deps.ts";
import { invalidField, type Refusal, refusedField } from "../../errors.ts";
import { pricingQuery } from "../../pricing/price-book.ts";
import type { Minor } from "../../rules/money.ts";
import type { Tier } from "../../rules/rights.ts";
import type { Policy } from "../../stock/rules/allocate.ts";
import { estimatedDeliveryMs } from "../../warehouses/rules/delivery.ts";
import { type Delivery, deliveryQuery, type Destination, rankOrRefuse } from "../../warehouses/ranking.ts";
import type { Edge, RankedBy } from "../../warehouses/rules/rank.ts";
import type { Attempt } from "./attempt.ts";
import type { ReservationRequest } from "./reserve.ts";
import { priceOrder, type PriceTerms } from "./price.ts";
import { findRecord, type OrderRecord } from "../queries.ts";
import { demandByProduct, type Need, type OrderLines, orderLines, type WantedLine } from "../../pricing/rules/lines.ts";
import type { OrderRow } from "../rules/order.ts";
import type { StockError } from "../../stock/rules/shortage.ts";
import type { PricedOrder } from "../rules/refusal.ts";

/** DESIGN §5: the fan-out of one order. */
const MAX_PRODUCTS = 100;

/** Of an id without a key, which is new. */
export const NO_RECORD: OrderRecord = { order: undefined, refusal: undefined };

/** What a shopper asks for; `policy` is set only by an admin. */
export interface OrderRequest extends Buyer {
  items: WantedLine[];
}

/** Who orders, and how it is to be delivered and paid. */
export interface Buyer extends Asked {
  policy: Policy | undefined;
  /** The customer who is signed in; null for a guest, and where the shop's staff orders for somebody. */
  userId: string | null;
  /** What the customer's prices go by; null for everybody else. */
  tier: Tier | null;
  /** What the shopper counts on paying, if they said it. */
  expectedMinor: Minor | undefined;
  edge: Edge | undefined;
}

/** What goes into the order's row as it was asked. */
type Asked = Pick<
  OrderRow,
  | "customerName"
  | "customerEmail"
  | "customerPhone"
  | "deliveryAddress"
  | "postalCode"
  | "country"
  | "deliveryMethod"
  | "paymentMethod"
  | "notes"
  | "promoCode"
>;

/** What of a request the order's row keeps as it is. */
export function askedOf(buyer: Buyer): Asked {
  const { customerName, customerEmail, customerPhone, deliveryAddress, postalCode, country } = buyer;
  const { deliveryMethod, paymentMethod, notes, promoCode } = buyer;
  const person = { customerName, customerEmail, customerPhone, deliveryAddress, postalCode, country };
  return { ...person, deliveryMethod, paymentMethod, notes, promoCode };
}

/** What an order will be if the stock allows it: its lines and sums, who may supply it, and what each object is asked for. */
export interface Quote extends PricedOrder, ReservationRequest {
  needs: Need[];
  unknown: StockError[];
  rankedBy: RankedBy;
  estimatedDeliveryAtMs: number;
  createdAtMs: number;
}

/**
 * PROTOCOL C1: one D1 batch, the same statements whatever the number of lines.
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
    const asked = lines.items.map((line) => ({ ...line, promoCode, tier }));
    return quoteLines(deps, request, lines, delivery, (terms) => priceOrder(deps, asked, book, terms));
  };
  return { record, quote };
}

/** Where an order goes, for its ranking of warehouses. */
export function destinationOf({ country, postalCode, edge }: Buyer): Destination {
  return { country, postalCode: postalCode ?? undefined, edge };
}

/**
 * Quotes lines for a buyer: who may supply them, what each object is asked for, and what they cost.
 * @throws Refusal `validation_failed`, `country_not_served`, `self_service_unavailable`, `order_too_large`
 */
export function quoteLines<P extends PricedOrder>(
  deps: Deps,
  buyer: Buyer,
  { needs, unknown }: Pick<OrderLines, "needs" | "unknown">,
  { methods, rank }: Delivery,
  price: (terms: PriceTerms) => P,
): Quote & P {
  const { country, userId: customerId, deliveryMethod } = buyer;
  const method = methods.find((each) => each.method === deliveryMethod);
  if (!method) throw invalidField("delivery_method", "is not offered by this shop");
  const { ranking, rankedBy } = rankOrRefuse(rank, country, { selfService: deliveryMethod === "self_service" });
  const demand = demandByProduct(needs);
  if (demand.size > MAX_PRODUCTS) throw tooLarge(demand.size);
  const createdAtMs = deps.nowMs();
  return {
    needs,
    unknown,
    ...price({ country, customerId, deliveryCostMinor: method.costMinor, nowMs: createdAtMs }),
    policy: buyer.policy ?? deps.config.allocationPolicy,
    // Handed over at one place: the nearest that does it, and what it lacks is refused (DESIGN §7).
    ranking: ranking.slice(0, deliveryMethod === "self_service" ? 1 : undefined).map(({ warehouse }) => warehouse.warehouseId),
    rankedBy,
    demand,
    estimatedDeliveryAtMs: estimatedDeliveryMs(createdAtMs, method),
    createdAtMs,
  };
}

function tooLarge(products: number): Refusal {
  const message = `the order comes to ${products} distinct products; ${MAX_PRODUCTS} are the most`;
  return refusedField("order_too_large", "items", message);
}
