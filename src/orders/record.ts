import type { Deps } from "../deps.ts";
import { answerFrom, databaseSilent, notPlaced, type Placed } from "./answer.ts";
import { deliverDue, SENT_AT_ONCE } from "../events/deliver-due.ts";
import { auditOf } from "../events/write-once.ts";
import { tell } from "./history-queries.ts";
import { fenceHolds, findRecord, recordOrder } from "./queries.ts";
import type { OrderRequest, Placing, Quote } from "./quote.ts";
import { releaseEverywhere, type Reserved } from "./reserve.ts";
import { changeOf, toEventJson } from "./rules/told.ts";
import { type Order, productsOf } from "./rules/order.ts";
import { isUnpaid } from "./rules/payment-status.ts";
import { shareOut } from "./rules/share.ts";

/**
 * PROTOCOL C5 to C7: records what was reserved, in one batch. Success is the only outcome that is taken at its word; every other
 * one, whatever it seems to say, is resolved by a second batch before anything is given back.
 */
export async function recordReserved(
  deps: Deps,
  placing: Placing,
  request: OrderRequest,
  quote: Quote,
  reserved: Reserved,
): Promise<Placed> {
  const order = makeOrder(deps, placing, request, quote, reserved);
  try {
    const told = toEventJson(order, deps.config.currencyDecimals);
    const [heard] = await deps.db.batch(
      tell("order.placed", `${order.orderId}:placed`, told, order.createdAtMs),
      ...recordOrder(order, reserved.levels, deps.by.actor, order.createdAtMs),
      ...auditOf(deps, [changeOf("place", undefined, order)]),
    );
    if (heard > 0) deps.defer((later) => deliverDue(later, SENT_AT_ONCE));
  } catch (error) {
    return resolveRecord(deps, placing, order, error);
  }
  deps.defer((later) => finishHold(later, order));
  return { order, replayed: false };
}

/** PROTOCOL C6. Where D1 says nothing, nothing is released: the record may yet be there, and the alarms find out. */
async function resolveRecord(deps: Deps, placing: Placing, { holdId, allocations }: Order, cause: unknown): Promise<Placed> {
  const [, record] = await deps.db
    .batch(fenceHolds(placing.orderId, [holdId], deps.nowMs()), findRecord(placing.orderId))
    .catch((error: unknown) => {
      throw databaseSilent(placing, error);
    });
  if (record.order?.holdId === holdId) {
    const { order } = record;
    deps.defer((later) => finishHold(later, order));
    return { order, replayed: false };
  }
  deps.defer((later) => releaseEverywhere(later, productsOf(allocations), [holdId]));
  const decided = answerFrom(record, placing);
  if (!decided) throw notPlaced(placing, "The order was not recorded.", cause);
  return decided;
}

/** PROTOCOL C7: the units leave, or are kept until the payment window ends. Where this fails, the alarms do it. */
export async function finishHold(deps: Deps, order: Order): Promise<void> {
  const { holdId, paymentDueAtMs } = order;
  const stocks = productsOf(order.allocations).map((productId) => deps.stockOf(productId));
  const isPending = isUnpaid(order.paymentStatus) && paymentDueAtMs !== null;
  await Promise.allSettled(stocks.map((stock) => (isPending ? stock.keep(holdId, paymentDueAtMs) : stock.commit(holdId))));
}

function makeOrder(deps: Deps, placing: Placing, request: OrderRequest, quote: Quote, reserved: Reserved): Order {
  const { items: _items, policy: _policy, edge: _edge, ...asked } = request;
  const isCod = request.paymentMethod === "cod";
  return {
    ...asked,
    ...quote.totals,
    orderId: placing.orderId,
    holdId: reserved.holdId,
    requestHash: placing.requestHash,
    status: "PENDING",
    paymentStatus: isCod ? "cod" : "pending",
    paymentDueAtMs: isCod ? null : quote.createdAtMs + deps.config.paymentWindowMs,
    rankedBy: quote.rankedBy,
    currency: deps.config.currency,
    userId: request.userId,
    deletedAtMs: null,
    dueAtMs: quote.createdAtMs + deps.config.orderExpiryMs,
    paidMinor: 0,
    refundedMinor: 0,
    estimatedDeliveryAtMs: quote.estimatedDeliveryAtMs,
    createdAtMs: quote.createdAtMs,
    updatedAtMs: quote.createdAtMs,
    items: quote.items,
    allocations: shareOut(quote.needs, reserved.allocations),
  };
}
