import type { Deps } from "../deps.ts";
import { answerFrom, databaseSilent, notPlaced, type Placed, stockRefusal } from "./answer.ts";
import { fenceHolds, fenceKey, findRecord, type OrderRecord } from "./queries.ts";
import type { Placing } from "./quote.ts";
import type { StockError } from "./rules/refusal.ts";

/**
 * PROTOCOL C4c: with a key the refusal is D1's before it is the client's, so that no retry hears otherwise.
 * @returns the order, where another attempt made it meanwhile
 * @throws Refusal `insufficient_stock`; `unresolved` where D1 does not answer
 */
export async function refuse(deps: Deps, placing: Placing, stockErrors: StockError[]): Promise<Placed> {
  const { orderId, requestHash, isKeyed } = placing;
  deps.log("stock_refused", { order_id: orderId, products: stockErrors.map((line) => line.product_id) });
  if (!isKeyed) throw stockRefusal(orderId, stockErrors);
  const record = await decide(deps, placing, fenceKey(orderId, { requestHash, stockErrors }, deps.nowMs()));
  const decided = answerFrom(record, placing, false);
  if (!decided) throw notPlaced(placing, "The refusal was not kept.");
  return decided;
}

/**
 * PROTOCOL C4a: an earlier attempt of this order holds what is missing. D1 says whether it is the order; if not, it is dead now,
 * and its holds may be given back.
 * @returns the order, where an earlier attempt made it
 */
export async function endGhosts(deps: Deps, placing: Placing, ghosts: readonly string[]): Promise<Placed | undefined> {
  return answerFrom(await decide(deps, placing, fenceHolds(placing.orderId, ghosts, deps.nowMs())), placing);
}

/** Writes a fence and reads what D1 has under the order's id, in one batch. */
async function decide(deps: Deps, placing: Placing, fence: ReturnType<typeof fenceKey>): Promise<OrderRecord> {
  const [, record] = await deps.db.batch(fence, findRecord(placing.orderId)).catch((error: unknown) => {
    throw databaseSilent(placing, error);
  });
  return record;
}
