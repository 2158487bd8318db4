import type { Deps } from "../deps.ts";
import { unresolved } from "../errors.ts";
import { deliverSome } from "../events/deliver-due.ts";
import { closeAlert } from "../events/alert-queries.ts";
import { auditOf } from "../writes/write-once.ts";
import { insertEvent } from "../orders/lifecycle/history-queries.ts";
import { enqueueWebhook, type OrderNews } from "../orders/lifecycle/webhook-queries.ts";
import { findRecord } from "../orders/queries.ts";
import { finishHold, resolveRecord } from "../orders/placement/record.ts";
import { type Reserved, RESERVE_TIMEOUT_MS } from "../orders/placement/reserve.ts";
import { reviveOrder } from "../orders/placement/revive-queries.ts";
import { supplyAgain } from "../orders/placement/supply-again.ts";
import { nextUpdateMs } from "../orders/rules/move.ts";
import type { Order } from "../orders/rules/order.ts";
import { paymentStatusOf } from "../orders/rules/payment-status.ts";
import { shareAgain } from "../orders/rules/share.ts";
import { changeOf, unshipped } from "../orders/rules/event-payload.ts";
import { writeOrder } from "../orders/lifecycle/write-order.ts";
import { findPendingActions } from "../stock/client/pending-queries.ts";
import { isUnsettled } from "./rules/take.ts";

/** More than an order can owe. */
const MAX_PENDING = 50;
const MONEY_IS_RECORDED = "The money is recorded. ";

/**
 * Settles an order that expired and was paid afterwards (P1): its units, which expiry released, are reserved again under a new hold and
 * it is PROCESSING; where they are certainly gone it is CANCELLED and a refund is due. Of several that try at once, one decides. Does
 * nothing for any other order.
 * @throws Refusal `unresolved`, or what failed: then nothing is decided and the sweep tries again
 */
export async function settleLate(deps: Deps, orderId: string): Promise<void> {
  const deadlineMs = deps.nowMs() + RESERVE_TIMEOUT_MS;
  const { record, pending } = await deps.db.batch("settle late", {
    record: findRecord(orderId),
    pending: findPendingActions(MAX_PENDING, orderId),
  });
  const { order } = record;
  if (!order || !isUnsettled(order)) return;
  // A hidden order is not supplied. A refund is due only where the shortage is certain.
  if (order.deletedAtMs !== null) return cancelUnsupplied(deps, order);
  const supply = await supplyAgain(deps, order, { pending, deadlineMs, context: MONEY_IS_RECORDED });
  if (supply.outcome === "decided") return;
  if (supply.outcome === "reserved") return recordLate(deps, order, supply);
  return cancelUnsupplied(deps, order);
}

async function recordLate(deps: Deps, order: Order, { holdId, allocations, levels }: Reserved): Promise<void> {
  const nowMs = deps.nowMs();
  const { orderId } = order;
  const settled = { ...order, status: "PROCESSING" as const };
  const after: Order = {
    ...settled,
    holdId,
    // What came before this payment may have gone back.
    paymentStatus: paymentStatusOf(settled),
    dueAtMs: null,
    updatedAtMs: nextUpdateMs(order, nowMs),
    allocations: shareAgain(order.allocations, allocations),
  };
  const statuses = { fromStatus: order.status, toStatus: after.status };
  const moved = { from: order.status, to: after.status };
  const news: OrderNews[] = [
    { type: "order.status_changed", eventId: `${orderId}:${after.status}:${after.updatedAtMs}`, data: moved },
    { type: "order.paid", eventId: `${orderId}:paid` },
  ];
  try {
    await deps.db.batch("record late", {
      order: reviveOrder(order, after, levels, nowMs),
      event: insertEvent(orderId, {
        what: "status_changed",
        ...statuses,
        actor: deps.by.actor,
        note: null,
        amountMinor: null,
        atMs: nowMs,
      }),
      webhooks: news.map((each) => enqueueWebhook(each, unshipped(after), deps.config.currencyDecimals, nowMs)),
      closeAlert: closeAlert("refund_due", orderId, nowMs),
      audit: auditOf(deps, [changeOf("revive", order, after, deps.config.currencyDecimals)]),
    });
  } catch (error) {
    const resolved = await resolveRecord(deps, after);
    const isOpen = "other" in resolved && resolved.other.order !== undefined && isUnsettled(resolved.other.order);
    if (isOpen) throw unresolved(`${MONEY_IS_RECORDED}The order was not recorded with its goods.`, "again", error);
    return;
  }
  deps.defer((background) => finishHold(background, after));
  deps.defer(deliverSome);
}

/** No warehouse can supply it any more: it is cancelled and its refund is due. */
async function cancelUnsupplied(deps: Deps, { orderId, holdId }: Order): Promise<void> {
  await writeOrder(deps, undefined, { orderId }, ({ order }) => {
    if (!isUnsettled(order) || order.holdId !== holdId) return undefined;
    const updatedAtMs = nextUpdateMs(order, deps.nowMs());
    const after = { ...order, status: "CANCELLED" as const, paymentStatus: "refund_due" as const, dueAtMs: null, updatedAtMs };
    return { verb: "cancel", what: "status_changed", note: "Paid after it expired, and its units are gone.", after };
  });
}
