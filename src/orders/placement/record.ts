import type { Deps } from "../../deps.ts";
import { answerFrom, databaseSilent, notPlaced, type Placed } from "./answer.ts";
import { failedConstraint } from "../../writes/constraint.ts";
import { deliverDue, SENT_AT_ONCE } from "../../events/deliver-due.ts";
import { auditOf } from "../../writes/write-once.ts";
import { commitBatched } from "../../stock/client/batch-commits.ts";
import { USE_LIMIT_CHECKS } from "../../pricing/use-queries.ts";
import { enqueueWebhook } from "../lifecycle/history-queries.ts";
import { fenceHolds, findRecord, type Recorded, recordOrder } from "../queries.ts";
import { askedOf, type Buyer, type OrderRequest, type Attempt, type Quote } from "./quote.ts";
import { releaseEverywhere, type Reserved } from "./reserve.ts";
import { changeOf, toEventPayload } from "../rules/event-payload.ts";
import { type Order, productIdsOf } from "../rules/order.ts";
import { isUnpaid } from "../rules/payment-status.ts";
import { shareOut } from "../rules/share.ts";
import { refuseUsedUp } from "./used-up.ts";

/**
 * PROTOCOL C5 to C7: records what was reserved, in one batch. Success is the only outcome that is taken at its word; every other
 * one, whatever it seems to say, is resolved by a second batch before anything is given back.
 */
export async function recordReserved(
  deps: Deps,
  placing: Attempt,
  request: OrderRequest,
  quote: Quote,
  reserved: Reserved,
): Promise<Placed> {
  const order = makeOrder(deps, placing, request, quote, reserved);
  try {
    await insertPlaced(deps, { order, levels: reserved.levels });
  } catch (error) {
    const decided = await resolveRecord(deps, placing, order);
    if (decided) return decided;
    if (USE_LIMIT_CHECKS.has(failedConstraint(error) ?? "")) return refuseUsedUp(deps, placing, request, quote, error);
    throw notPlaced(placing, "The order was not recorded.", error);
  }
  return { order, replayed: false };
}

/** Records an order, in one batch, and sees to what follows of it after the answer. @throws what D1 throws; the record may yet be there */
export async function insertPlaced(deps: Deps, recorded: Recorded): Promise<void> {
  const { order } = recorded;
  const told = toEventPayload(order, deps.config.currencyDecimals);
  const { heard } = await deps.db.batch("record", {
    heard: enqueueWebhook("order.placed", `${order.orderId}:placed`, told, order.createdAtMs),
    recordOrder: recordOrder(recorded, deps.by.actor),
    audit: auditOf(deps, [changeOf("place", undefined, order)]),
  });
  if (heard > 0) deps.defer((background) => deliverDue(background, SENT_AT_ONCE));
  deps.defer((background) => finishHold(background, order));
}

/**
 * PROTOCOL C6. Where D1 says nothing, nothing is released: the record may yet be there, and the alarms find out.
 * @returns `undefined` where there is no order and no refusal, and the hold is dead
 */
async function resolveRecord(deps: Deps, placing: Attempt, { holdId, allocations }: Order): Promise<Placed | undefined> {
  const { record } = await deps.db
    .batch("resolve record", {
      fenceHolds: fenceHolds(placing.orderId, [holdId], deps.nowMs()),
      record: findRecord(placing.orderId),
    })
    .catch((error: unknown) => {
      throw databaseSilent(placing, error);
    });
  if (record.order?.holdId === holdId) {
    const { order } = record;
    deps.defer((background) => finishHold(background, order));
    return { order, replayed: false };
  }
  deps.defer((background) => releaseEverywhere(background, productIdsOf(allocations), [holdId]));
  return answerFrom(record, placing);
}

/** PROTOCOL C7: the units leave, or are kept until the payment window ends. Where this fails, the alarms do it. */
export async function finishHold(deps: Deps, order: Order): Promise<void> {
  const { holdId, paymentDueAtMs } = order;
  const isPending = isUnpaid(order.paymentStatus) && paymentDueAtMs !== null;
  const calls = productIdsOf(order.allocations).map((productId) =>
    isPending ? deps.stockOf(productId).keep(holdId, paymentDueAtMs) : commitBatched(deps, productId, holdId),
  );
  await Promise.allSettled(calls);
}

/** What is recorded of an order: all of one attempt (PROTOCOL I2). */
export function makeOrder(deps: Deps, placing: Attempt, request: Buyer, quote: Quote, reserved: Reserved): Order {
  // Nobody can be asked for nothing, so an order that costs nothing waits for no payment.
  const unpaid = quote.totals.totalMinor === 0 ? "paid" : "pending";
  const paymentStatus = request.paymentMethod === "cod" ? "cod" : unpaid;
  return {
    ...askedOf(request),
    ...quote.totals,
    orderId: placing.orderId,
    holdId: reserved.holdId,
    requestHash: placing.requestHash,
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
    estimatedDeliveryAtMs: quote.estimatedDeliveryAtMs,
    createdAtMs: quote.createdAtMs,
    updatedAtMs: quote.createdAtMs,
    rulesUsed: quote.uses,
    cartId: null,
    items: quote.items,
    allocations: shareOut(quote.needs, reserved.allocations),
  };
}
