import type { Deps } from "../../deps.ts";
import { answerFrom, type Attempt, databaseSilent, keptRefusal, notPlaced, type Placed } from "./attempt.ts";
import { fenceHolds, fenceKey, findRecord, type OrderRecord } from "../queries.ts";
import { findBought } from "../limit-queries.ts";
import { customerLimitRefusal, customersOf, shareRefusal } from "../rules/limits.ts";
import type { Buyer, OrderRequest } from "../rules/order-request.ts";
import type { PricedOrder } from "../rules/priced.ts";
import { type Quote, quoteOrder } from "./quote.ts";
import type { ProductShort } from "./reserve.ts";
import { shortage, type StockError } from "../../stock/rules/shortage.ts";
import { type Decided, isUsedUp, stockRefusal, totalRefusal } from "../rules/refusal.ts";

/**
 * Refuses an order whose lines the stock does not cover. With a key the refusal is in D1 before it is answered, so that every
 * retry gets the same (C4c).
 * @returns the order, where another attempt placed it meanwhile
 * @throws Refusal `insufficient_stock`; `unresolved` where D1 does not answer
 */
export function refuseStock(deps: Deps, attempt: Attempt, stockErrors: StockError[]): Promise<Placed> {
  deps.log("stock_refused", { order_id: attempt.orderId, products: stockErrors.map((line) => line.product_id) });
  return refuse(deps, attempt, stockRefusal(attempt.orderId, stockErrors));
}

/** The refusal of short lines: units that are missing, or else only that the client may not hold so many unpaid. */
export function shortRefusal({ orderId }: Pick<Attempt, "orderId">, quote: Quote, lines: readonly ProductShort[]): Decided {
  const missing = lines.filter(({ most }) => most === undefined);
  if (missing.length > 0) return stockRefusal(orderId, shortageErrors(quote, missing));
  return shareRefusal(
    lines.map(({ productId, variantId, quantity: requested, most: allowed = 0 }) => ({
      productId,
      variantId,
      requested,
      allowed,
    })),
  );
}

/** The short lines as the refusal lists them. */
export function shortageErrors(quote: Quote, lines: readonly ProductShort[]): StockError[] {
  return lines.map(({ productId, variantId, quantity, available }) => {
    const need = quote.needs.find((each) => each.variantId === variantId);
    return shortage({ productId, variantId, productName: need?.productName ?? productId, requested: quantity, available });
  });
}

/**
 * Refuses an order whose total is not what the shopper expects; kept in D1 as `refuseStock` is.
 * @returns the order, where another attempt placed it meanwhile
 * @throws Refusal `total_changed`; `unresolved` where D1 does not answer
 */
export function refuseTotal(
  deps: Deps,
  attempt: Attempt,
  { expectedMinor }: Pick<OrderRequest, "expectedMinor">,
  quote: PricedOrder,
): Promise<Placed> {
  const { currency, currencyDecimals: decimals } = deps.config;
  deps.log("total_refused", { order_id: attempt.orderId, refused: quote.refused });
  return refuse(deps, attempt, totalRefusal(quote, expectedMinor, { currency, decimals }));
}

/**
 * Refuses an order that was not recorded because another order took the last use of a rule since its quote; its hold is dead. It is
 * priced again and refused with its total of now.
 * @returns the order, where another attempt placed it meanwhile
 * @throws Refusal `total_changed`; `unresolved` where the rule can be used after all, or D1 does not answer
 */
export async function refuseUsedUp(
  deps: Deps,
  attempt: Attempt,
  request: OrderRequest,
  quote: Quote,
  cause: unknown,
): Promise<Placed> {
  const again = await quoteOrder(deps, attempt, request).catch((error: unknown) => {
    throw notPlaced(attempt, "The prices could not be read again.", error);
  });
  const now = await requoteUsedUp(attempt, quote, again);
  if (!now) throw notPlaced(attempt, "The prices changed meanwhile.", cause);
  return "order" in now ? now : refuseTotal(deps, attempt, request, now);
}

/** Refuses an order with more of a product than one order may have; kept in D1 as `refuseStock` is. */
export function refuseLimit(deps: Deps, attempt: Attempt, refusal: Decided): Promise<Placed> {
  deps.log("limit_refused", { order_id: attempt.orderId, code: refusal.code });
  return refuse(deps, attempt, refusal);
}

/**
 * Refuses an order that was not recorded because its customer may not buy so many; its hold is dead.
 * @returns the order, where another attempt placed it meanwhile
 * @throws Refusal `max_per_customer_exceeded`; `unresolved` where the customer may buy them after all, or D1 does not answer
 */
export async function refuseBought(deps: Deps, attempt: Attempt, buyer: Buyer, quote: Quote, cause: unknown): Promise<Placed> {
  const refusal = await boughtRefusal(deps, buyer, quote);
  if (!refusal) throw notPlaced(attempt, "What the customer may buy changed meanwhile.", cause);
  return refuseLimit(deps, attempt, refusal);
}

/** Reads what a customer may still buy. @returns `undefined` where it is enough, or D1 does not answer */
export async function boughtRefusal(deps: Deps, buyer: Buyer, { limits }: Pick<Quote, "limits">): Promise<Decided | undefined> {
  const productIds = limits.map(({ productId }) => productId);
  const read = { bought: findBought(productIds, customersOf(buyer)) };
  const { bought } = await deps.db.batch("read bought", read).catch(() => ({ bought: [] }));
  return customerLimitRefusal(limits, bought);
}

/**
 * Quotes again after a rule had no use left at the record.
 * @param before the quote that could not be recorded
 * @param read what D1 has now
 * @returns the order, where another attempt placed it meanwhile; the quote of now; `undefined` where it shows no used up rule
 */
export async function requoteUsedUp<Q extends Quote>(
  attempt: Attempt,
  before: Q,
  read: { record: OrderRecord; quote: () => Q | Promise<Q> },
): Promise<Placed | Q | undefined> {
  const placed = answerFrom(read.record, attempt);
  if (placed) return placed;
  const now = await read.quote();
  return now.unknown.length === 0 && isUsedUp(before, now) ? now : undefined;
}

/**
 * Fences holds of earlier attempts at this order: D1 says whether one of them is recorded; if not, they are dead and may be
 * released (C4a).
 * @returns the order, where an earlier attempt placed it
 * @throws Refusal the one that was kept for the key; `unresolved` where D1 does not answer
 */
export async function fenceStaleHolds(deps: Deps, attempt: Attempt, holdIds: readonly string[]): Promise<Placed | undefined> {
  const { record } = await deps.db
    .batch("fence stale holds", fenceHolds(attempt.orderId, holdIds, deps.nowMs()))
    .catch((error: unknown) => {
      throw databaseSilent(attempt, error);
    });
  return answerFrom(record, attempt);
}

async function refuse(deps: Deps, attempt: Attempt, decided: Decided): Promise<Placed> {
  const { orderId, requestHash, isKeyed } = attempt;
  if (!isKeyed) throw keptRefusal(decided);
  const fence = fenceKey(orderId, { requestHash, ...decided }, deps.nowMs());
  const { record } = await deps.db.batch("keep refusal", { fence, record: findRecord(orderId) }).catch((error: unknown) => {
    throw databaseSilent(attempt, error);
  });
  const placed = answerFrom(record, attempt, false);
  if (!placed) throw notPlaced(attempt, "The refusal was not kept.");
  return placed;
}
