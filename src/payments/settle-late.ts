import type { Deps } from "../deps.ts";
import { type Refusal, unresolved } from "../errors.ts";
import { deliverDue, SENT_AT_ONCE } from "../events/deliver-due.ts";
import { closeAlert } from "../events/alert-queries.ts";
import { auditOf } from "../writes/write-once.ts";
import { insertEvent } from "../orders/lifecycle/history-queries.ts";
import { enqueueWebhook, type OrderNews } from "../orders/lifecycle/webhook-queries.ts";
import { fenceHolds, findRecord, type OrderRecord } from "../orders/queries.ts";
import { acquire } from "../orders/placement/acquire.ts";
import { finishHold, resolveRecord } from "../orders/placement/record.ts";
import { type ReservationRequest, type Reserved, RESERVE_TIMEOUT_MS } from "../orders/placement/reserve.ts";
import { nextUpdateMs } from "../orders/rules/move.ts";
import type { Order } from "../orders/rules/order.ts";
import { needsOf, shareAgain } from "../orders/rules/share.ts";
import { changeOf, unshipped } from "../orders/rules/event-payload.ts";
import { writeOrder } from "../orders/lifecycle/write-order.ts";
import { demandByProduct } from "../pricing/rules/lines.ts";
import { runPending } from "../stock/client/run-pending.ts";
import { findPendingActions } from "../stock/client/pending-queries.ts";
import { rankingQuery } from "../warehouses/ranking.ts";
import { reviveOrder } from "./late-queries.ts";
import { isUnsettled } from "./rules/take.ts";

/** More than an order can owe. */
const MAX_PENDING = 50;

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
  // Its own old units have to be back before they are reserved again, or the order would be short of them.
  if ((await runPending(deps, pending)) < pending.length) throw undecided("The stock did not take its units back.");
  const request = order.deletedAtMs === null ? await lateRequest(deps, order) : undefined;
  if (!request) return cancelUnsupplied(deps, order);
  const acquired = await acquire(deps, request, {
    orderId,
    deadlineMs,
    fenceStaleHolds: (holdIds) => fenceStaleHolds(deps, order, holdIds),
  });
  if (acquired.outcome === "decided") return;
  if (acquired.outcome === "reserved") return recordLate(deps, order, acquired);
  // A refund is due only where the shortage is certain: units that are free, but promised to others who wait, are none.
  const isCertain = acquired.outcome === "short" && !acquired.lines.every((line) => line.isBehind);
  if (isCertain) return cancelUnsupplied(deps, order);
  throw undecided("The stock did not answer in time.", acquired.outcome === "unknown" ? acquired.cause : undefined);
}

/** What the order asks of the objects again, by today's ranking for its address; `undefined` where no warehouse supplies it any more. */
async function lateRequest(deps: Deps, order: Order): Promise<ReservationRequest | undefined> {
  const { country, postalCode, deliveryMethod, allocations } = order;
  const { rank } = await deps.db.batch("rank for late payment", {
    rank: rankingQuery(deps, { country, postalCode: postalCode ?? undefined }),
  });
  const selfService = deliveryMethod === "self_service";
  const ranking = rank({ selfService }).ranking.map(({ warehouse }) => warehouse.warehouseId);
  if (ranking.length === 0) return undefined;
  return {
    policy: deps.config.allocationPolicy,
    // Handed over at one place, as when it was placed.
    ranking: selfService ? ranking.slice(0, 1) : ranking,
    demand: demandByProduct(needsOf(allocations)),
  };
}

/** (C4a) @returns what D1 has, where an earlier try has recorded its hold or the order is settled otherwise */
async function fenceStaleHolds(deps: Deps, read: Order, holdIds: readonly string[]): Promise<OrderRecord | undefined> {
  const { record } = await deps.db.batch("fence stale holds", fenceHolds(read.orderId, holdIds, deps.nowMs()));
  const isDecided = record.order?.holdId !== read.holdId || record.order.status !== read.status;
  return isDecided ? record : undefined;
}

async function recordLate(deps: Deps, order: Order, { holdId, allocations, levels }: Reserved): Promise<void> {
  const nowMs = deps.nowMs();
  const { orderId } = order;
  const after: Order = {
    ...order,
    holdId,
    status: "PROCESSING",
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
    if (isOpen) throw undecided("The order was not recorded with its goods.", error);
    return;
  }
  deps.defer((background) => finishHold(background, after));
  deps.defer((background) => deliverDue(background, SENT_AT_ONCE));
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

function undecided(detail: string, cause?: unknown): Refusal {
  return unresolved(`The money is recorded. ${detail}`, "again", cause);
}
