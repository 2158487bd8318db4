import type { Deps } from "../deps.ts";
import { type Refusal, unresolved } from "../errors.ts";
import { deliverDue, SENT_AT_ONCE } from "../events/deliver-due.ts";
import { closeAlert } from "../events/alert-queries.ts";
import { auditOf } from "../writes/write-once.ts";
import { insertEvent, enqueueWebhook } from "../orders/lifecycle/history-queries.ts";
import { fenceHolds, findRecord } from "../orders/queries.ts";
import { finishHold } from "../orders/placement/record.ts";
import { releaseEverywhere, type Reserved } from "../orders/placement/reserve.ts";
import { nextUpdateMs } from "../orders/rules/move.ts";
import { type Order, productIdsOf } from "../orders/rules/order.ts";
import { shareOut } from "../orders/rules/share.ts";
import { changeOf, toEventPayload } from "../orders/rules/event-payload.ts";
import { writeOrder } from "../orders/lifecycle/write-order.ts";
import { runPending } from "../stock/client/run-pending.ts";
import { findPendingActions } from "../stock/client/pending-queries.ts";
import { reviveOrder } from "./late-queries.ts";
import { lateReservation, reserveLate } from "./reserve-late.ts";
import { needsOf } from "./rules/needs.ts";
import { isUnsettled } from "./rules/take.ts";

/** More than an order can owe. */
const MAX_OWED = 50;
/** As for a new order: what is reserved later than this is not recorded. */
const RECORD_BY_MS = 5_000;

/**
 * PROTOCOL P1: finds goods for money that came after the order's time was over. The units that it gave back are sought anew, under a
 * new hold; with them it is PROCESSING, and where they are gone it is CANCELLED and its money owed. Of several who try at once one
 * decides. Does nothing for any other order.
 * @throws Refusal `unresolved`, or what failed: then nothing is decided and the sweep tries again
 */
export async function settleLate(deps: Deps, orderId: string): Promise<void> {
  const deadlineMs = deps.nowMs() + RECORD_BY_MS;
  const {
    record: { order },
    owed,
  } = await deps.db.batch("settle late", { record: findRecord(orderId), owed: findPendingActions(MAX_OWED, orderId) });
  if (!order || !isUnsettled(order)) return;
  // Its own old units have to be back before they are sought, or they would be short of themselves.
  if ((await runPending(deps, owed)) < owed.length) throw undecided("The stock did not take its units back.");
  const claim = order.deletedAtMs === null ? await lateReservation(deps, order) : undefined;
  const found = claim ? await reserveLate(deps, order, claim, deadlineMs) : "short";
  if (found === "decided") return;
  if (found === "short") return owePayment(deps, order);
  if (deps.nowMs() <= deadlineMs) return recordLate(deps, order, found);
  deps.defer((afterwards) => releaseEverywhere(afterwards, productIdsOf(order.allocations), [found.holdId]));
  throw undecided("The stock did not answer in time.");
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
    allocations: shareOut(needsOf(order.allocations), allocations),
  };
  const statuses = { fromStatus: order.status, toStatus: after.status };
  const told = toEventPayload(after, deps.config.currencyDecimals);
  const moved = { ...told, from: order.status, to: after.status };
  try {
    await deps.db.batch("record late", {
      reviveOrder: reviveOrder(order, after, levels, nowMs),
      event: insertEvent(orderId, { what: "status_changed", ...statuses, actor: deps.by.actor, note: null, atMs: nowMs }),
      tell: enqueueWebhook("order.status_changed", `${orderId}:${after.status}`, moved, nowMs),
      tell2: enqueueWebhook("order.paid", `${orderId}:paid`, told, nowMs),
      closeAlert: closeAlert("refund_due", orderId, nowMs),
      audit: auditOf(deps, [changeOf("revive", order, after)]),
    });
  } catch (error) {
    return resolveLate(deps, orderId, after, error);
  }
  deps.defer((afterwards) => finishHold(afterwards, after));
  deps.defer((afterwards) => deliverDue(afterwards, SENT_AT_ONCE));
}

/** As PROTOCOL C6: what the batch did is D1's to say, and nothing is given back before. Where it is silent, the alarms find out. */
async function resolveLate(deps: Deps, orderId: string, { holdId, allocations }: Order, cause: unknown): Promise<void> {
  const {
    record: { order },
  } = await deps.db.batch("resolve late record", {
    fenceHolds: fenceHolds(orderId, [holdId], deps.nowMs()),
    record: findRecord(orderId),
  });
  if (order?.holdId === holdId) {
    deps.defer((afterwards) => finishHold(afterwards, order));
    return;
  }
  deps.defer((afterwards) => releaseEverywhere(afterwards, productIdsOf(allocations), [holdId]));
  if (order && isUnsettled(order)) throw undecided("The order was not recorded with its goods.", cause);
}

/** Nobody can supply it any more: it is over, and the money goes back. */
async function owePayment(deps: Deps, { orderId, holdId }: Order): Promise<void> {
  await writeOrder(deps, undefined, { orderId }, ({ order }) => {
    if (!isUnsettled(order) || order.holdId !== holdId) return undefined;
    const updatedAtMs = nextUpdateMs(order, deps.nowMs());
    const after = { ...order, status: "CANCELLED" as const, paymentStatus: "refund_due" as const, dueAtMs: null, updatedAtMs };
    return { verb: "cancel", what: "status_changed", note: "Paid after its time was over, and the goods are gone.", after };
  });
}

function undecided(detail: string, cause?: unknown): Refusal {
  return unresolved(`The money is recorded. ${detail}`, "again", cause);
}
