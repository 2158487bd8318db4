import type { Deps } from "../../deps.ts";
import { answerFrom, type Attempt, databaseSilent, notPlaced, type Placed } from "./attempt.ts";
import { failedConstraint } from "../../writes/constraint.ts";
import { deliverSome } from "../../events/deliver-due.ts";
import { auditOf } from "../../writes/write-once.ts";
import { commitBatched } from "../../stock/client/batch-commits.ts";
import { USE_LIMIT_CHECKS } from "../../pricing/use-queries.ts";
import { enqueueWebhook } from "../lifecycle/webhook-queries.ts";
import { CUSTOMER_LIMIT } from "../limit-queries.ts";
import { fenceHolds, type OrderRecord, type Recorded, recordOrder } from "../queries.ts";
import { type Buyer, buyerDetails, type OrderRequest } from "../rules/order-request.ts";
import type { Quote } from "./quote.ts";
import { refuseBought, refuseUsedUp } from "./refuse.ts";
import { releaseEverywhere, type Reserved } from "./reserve.ts";
import { changeOf, unshipped } from "../rules/event-payload.ts";
import { type Order, productIdsOf } from "../rules/order.ts";
import { isUnpaid } from "../rules/payment-status.ts";
import { shareOut } from "../rules/share.ts";

/**
 * Records what was reserved, in one batch (C5 to C7). Only success is taken at its word; every other outcome, whatever it seems to
 * say, is resolved by a second batch before anything is released.
 * @throws Refusal `total_changed` where a rule has no use left; `max_per_customer_exceeded`; `unresolved`
 */
export async function recordReserved(
  deps: Deps,
  attempt: Attempt,
  request: OrderRequest,
  quote: Quote,
  reserved: Reserved,
): Promise<Placed> {
  const order = toOrder(deps, attempt, request, quote, reserved);
  try {
    await insertPlaced(deps, { order, levels: reserved.levels, limits: quote.limits });
  } catch (error) {
    const placed = await resolvePlaced(deps, attempt, order);
    if (placed) return placed;
    if (USE_LIMIT_CHECKS.has(failedConstraint(error) ?? "")) return refuseUsedUp(deps, attempt, request, quote, error);
    if (failedConstraint(error) === CUSTOMER_LIMIT) return refuseBought(deps, attempt, request, quote, error);
    throw notPlaced(attempt, "The order was not recorded.", error);
  }
  return { order, replayed: false };
}

/**
 * Records an order, in one batch. After the answer its hold is finished and webhooks are sent.
 * @throws what D1 throws; the order may be recorded nevertheless
 */
export async function insertPlaced(deps: Deps, recorded: Recorded): Promise<void> {
  const { order } = recorded;
  const { currencyDecimals: decimals } = deps.config;
  const placed = { type: "order.placed" as const, eventId: `${order.orderId}:placed` };
  const { webhooks } = await deps.db.batch("record", {
    webhooks: enqueueWebhook(placed, unshipped(order), decimals, order.createdAtMs),
    order: recordOrder(recorded, deps.by.actor),
    audit: auditOf(deps, [changeOf("place", undefined, order, decimals)]),
  });
  if (webhooks > 0) deps.defer(deliverSome);
  deps.defer((background) => finishHold(background, order));
}

/** @returns the order, this attempt's or another's with its key; `undefined` where D1 has neither order nor refusal */
async function resolvePlaced(deps: Deps, attempt: Attempt, order: Order): Promise<Placed | undefined> {
  const resolved = await resolveRecord(deps, order).catch((error: unknown) => {
    throw databaseSilent(attempt, error);
  });
  return "recorded" in resolved ? { order: resolved.recorded, replayed: false } : answerFrom(resolved.other, attempt);
}

/**
 * Resolves a record whose batch failed or whose answer was lost (C6): D1 fences the hold unless the order was recorded with it. A
 * recorded hold is finished; a fenced one is released.
 * @param order as it was to be recorded
 * @returns the order where it was recorded with this hold; else what D1 has under its id
 * @throws what D1 throws: then nothing is released, because the order may be recorded, and the alarms resolve it
 */
export async function resolveRecord(
  deps: Deps,
  { orderId, holdId, allocations }: Pick<Order, "orderId" | "holdId" | "allocations">,
): Promise<{ recorded: Order } | { other: OrderRecord }> {
  const { record } = await deps.db.batch("resolve record", fenceHolds(orderId, [holdId], deps.nowMs()));
  const { order } = record;
  if (order?.holdId === holdId) {
    deps.defer((background) => finishHold(background, order));
    return { recorded: order };
  }
  deps.defer((background) => releaseEverywhere(background, productIdsOf(allocations), [holdId]));
  return { other: record };
}

/** The units leave, or are kept until the payment window ends (C7). Where this fails, the alarms do it. */
export async function finishHold(deps: Deps, order: Order): Promise<void> {
  const { holdId, paymentDueAtMs } = order;
  const isPending = isUnpaid(order.paymentStatus) && paymentDueAtMs !== null;
  const calls = productIdsOf(order.allocations).map((productId) =>
    isPending ? deps.stockOf(productId).keep(holdId, paymentDueAtMs) : commitBatched(deps, productId, holdId),
  );
  await Promise.allSettled(calls);
}

/** The order as it is recorded: all of it from one attempt (I2). */
export function toOrder(deps: Deps, attempt: Attempt, request: Buyer, quote: Quote, reserved: Reserved): Order {
  // A free order waits for no payment.
  const unpaid = quote.totals.totalMinor === 0 ? "paid" : "pending";
  const paymentStatus = request.paymentMethod === "cod" ? "cod" : unpaid;
  return {
    ...buyerDetails(request),
    ...quote.totals,
    orderId: attempt.orderId,
    holdId: reserved.holdId,
    requestHash: attempt.requestHash,
    status: "PENDING",
    paymentStatus,
    paymentDueAtMs: paymentStatus === "pending" ? quote.createdAtMs + deps.config.paymentWindowMs : null,
    rankedBy: quote.rankedBy,
    currency: deps.config.currency,
    userId: request.userId,
    deletedAtMs: null,
    dueAtMs: quote.createdAtMs + deps.config.orderExpiryMs,
    paidMinor: 0,
    refundedMinor: 0,
    creditedMinor: 0,
    fulfillmentStatus: null,
    staffNote: null,
    tags: [],
    stockShort: false,
    openDisputes: 0,
    estimatedDeliveryAtMs: quote.estimatedDeliveryAtMs,
    createdAtMs: quote.createdAtMs,
    updatedAtMs: quote.createdAtMs,
    rulesUsed: quote.uses,
    cartId: null,
    items: quote.items,
    allocations: shareOut(quote.needs, reserved.allocations),
  };
}
