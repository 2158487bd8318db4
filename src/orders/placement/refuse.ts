import type { Deps } from "../../deps.ts";
import { answerFrom, databaseSilent, notPlaced, type Placed, keptRefusal } from "./answer.ts";
import { fenceHolds, fenceKey, findRecord, type OrderRecord } from "../queries.ts";
import type { OrderRequest, Attempt } from "./quote.ts";
import type { StockError } from "../../stock/rules/shortage.ts";
import { type Decided, type PricedOrder, stockRefusal, totalRefusal } from "../rules/refusal.ts";

/**
 * PROTOCOL C4c: with a key the refusal is D1's before it is the client's, so that no retry hears otherwise.
 * @returns the order, where another attempt made it meanwhile
 * @throws Refusal what is decided; `unresolved` where D1 does not answer
 */
async function refuse(deps: Deps, placing: Attempt, decided: Decided): Promise<Placed> {
  const { orderId, requestHash, isKeyed } = placing;
  if (!isKeyed) throw keptRefusal(decided);
  const record = await decide(deps, placing, fenceKey(orderId, { requestHash, ...decided }, deps.nowMs()));
  const placed = answerFrom(record, placing, false);
  if (!placed) throw notPlaced(placing, "The refusal was not kept.");
  return placed;
}

/**
 * Refuses an order whose lines the stock does not cover, as a decision too.
 * @throws Refusal as `refuse`
 */
export function refuseStock(deps: Deps, placing: Attempt, stockErrors: StockError[]): Promise<Placed> {
  deps.log("stock_refused", { order_id: placing.orderId, products: stockErrors.map((line) => line.product_id) });
  return refuse(deps, placing, stockRefusal(placing.orderId, stockErrors));
}

/**
 * Refuses an order that does not come to what its shopper counts on, as a decision too.
 * @throws Refusal as `refuse`
 */
export function refuseTotal(
  deps: Deps,
  placing: Attempt,
  { expectedMinor }: Pick<OrderRequest, "expectedMinor">,
  quote: PricedOrder,
): Promise<Placed> {
  const { currency, currencyDecimals: decimals } = deps.config;
  deps.log("total_refused", { order_id: placing.orderId, refused: quote.refused });
  return refuse(deps, placing, totalRefusal(quote, expectedMinor, { currency, decimals }));
}

/**
 * PROTOCOL C4a: an earlier attempt of this order holds what is missing. D1 says whether it is the order; if not, it is dead now,
 * and its holds may be given back.
 * @returns the order, where an earlier attempt made it
 */
export async function endGhosts(deps: Deps, placing: Attempt, ghosts: readonly string[]): Promise<Placed | undefined> {
  return answerFrom(await decide(deps, placing, fenceHolds(placing.orderId, ghosts, deps.nowMs())), placing);
}

/** Writes a fence and reads what D1 has under the order's id, in one batch. */
async function decide(deps: Deps, placing: Attempt, fence: ReturnType<typeof fenceKey>): Promise<OrderRecord> {
  const { record } = await deps.db
    .batch("keep refusal", { fence, record: findRecord(placing.orderId) })
    .catch((error: unknown) => {
      throw databaseSilent(placing, error);
    });
  return record;
}
