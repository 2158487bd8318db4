import type { Query } from "../../db/client.ts";
import type { Deps } from "../../deps.ts";
import { deliverSome } from "../../events/deliver-due.ts";
import { closeAlert, renewAlert } from "../../events/alert-queries.ts";
import { writeGuarded } from "../../writes/write-guarded.ts";
import type { Plan } from "../../writes/write-once.ts";
import type { Keyed, Written } from "../../writes/rules/keyed.ts";
import { returnUsesOf } from "../../pricing/use-queries.ts";
import { type Minor, toMajor } from "../../rules/money.ts";
import { runPending } from "../../stock/client/run-pending.ts";
import { addPendingAction } from "../../stock/client/pending-queries.ts";
import type { PendingAction } from "../../stock/rules/pending-action.ts";
import { insertEvent, insertCancellation, insertReturn, insertShipments, updateOrder } from "./history-queries.ts";
import { amountsOf } from "../rules/amounts.ts";
import type { CancelledUnits } from "../rules/cancellation.ts";
import type { OrderRow } from "../rules/order.ts";
import type { ShippedUnits } from "../rules/shipping.ts";
import { pendingActionsOf } from "../rules/pending-actions.ts";
import type { Cancellation, OrderEvent, OrderHistory, ReturnHead, ReturnItem, Shipment } from "../rules/timeline.ts";
import { changeOf } from "../rules/event-payload.ts";
import { completed } from "./kept-history.ts";
import { enqueueWebhook, type OrderNews } from "./webhook-queries.ts";
import { type OwnedBy, showOrder } from "./show-order.ts";

/** The change that a verb decides: the row after it, and what is written in the same batch. */
export interface OrderChange {
  /** For the audit log, such as `cancel`. */
  verb: string;
  what: OrderEvent["what"];
  after: OrderRow;
  note: string | null;
  /** What was paid, refunded or came back. */
  amountMinor?: Minor;
  returned?: ReturnChange;
  /** What leaves. `after` says already that it has left. */
  shipments?: Shipment[];
  /** What is cancelled of an order that goes on. */
  cancelled?: { cancellation: Cancellation; units: CancelledUnits[] };
  pending?: PendingAction[];
  /** Webhooks are told of the order itself besides. */
  webhook?: OrderNews;
  /** Statements of a higher slice for the same batch. */
  also?: Query<unknown>[];
}

/** A return as it is after a change, and units of it that come back. */
interface ReturnChange {
  head: ReturnHead;
  items: ReturnItem[];
  /** The warehouse that has the goods; `undefined` for those that supplied them. */
  to?: string | undefined;
}

/** A concurrent change of the order, and one that took what this one ships or cancels. */
const GUARDS = ["orders.status", "order_allocations_left", "order_allocations_short"];
export const SHIPMENT_PREFIX = "SHP";

/**
 * Changes an order: reads it, calls `decide`, and writes the change in one batch with its event, pending actions on the objects,
 * webhooks and the audit log. Of two concurrent changes, one is decided again on the result of the other. Pending actions run after
 * the answer, or in the sweep (S1, S2).
 * @param decide has no effects; returns `undefined` where there is nothing to do any more
 * @param alsoGuards UNIQUE columns of what the change adds: where a concurrent write took the value, the change is decided again
 * @throws Refusal `not_found`, `unresolved`, `idempotency_key_reused`, and what `decide` refuses
 */
export async function writeOrder(
  deps: Deps,
  keyed: Keyed | undefined,
  { orderId, ownedBy }: { orderId: string; ownedBy?: OwnedBy },
  decide: (history: OrderHistory) => OrderChange | undefined | Promise<OrderChange | undefined>,
  alsoGuards: readonly string[] = [],
): Promise<Written<OrderHistory>> {
  let pending: PendingAction[] = [];
  const plan = async (): Promise<Plan<OrderHistory>> => {
    const history = await showOrder(deps, orderId, ownedBy);
    const change = await decide(history);
    pending = change ? pendingActionsOf(history.order, change) : [];
    return change ? planOf(deps, history, change, pending) : unchanged(history);
  };
  const written = await writeGuarded(deps, keyed, [...GUARDS, ...alsoGuards], plan);
  // A kept answer reflects the rights of its time; a customer gets it only while the order is still theirs.
  if (written.replayed && ownedBy !== undefined) await showOrder(deps, orderId, ownedBy);
  if (written.replayed) return { ...written, answer: completed(written.answer) };
  const actions = pending;
  deps.defer((background) => runPending(background, actions));
  deps.defer(deliverSome);
  return written;
}

function unchanged(history: OrderHistory): Plan<OrderHistory> {
  return { queries: [], changes: [], answer: { ...history, isUnchanged: true }, status: 200 };
}

function planOf(deps: Deps, history: OrderHistory, change: OrderChange, pending: readonly PendingAction[]): Plan<OrderHistory> {
  const { order } = history;
  const { after, what, note, returned, shipments = [], also = [] } = change;
  const { orderId, updatedAtMs: atMs } = after;
  const hasMoved = after.status !== order.status;
  const statuses = { fromStatus: hasMoved ? order.status : null, toStatus: hasMoved ? after.status : null };
  const { amountMinor = null } = change;
  const event: OrderEvent = { what, ...statuses, actor: deps.by.actor, note, amountMinor, atMs };
  const queries: Query<unknown>[] = [
    // Before the order: D1 itself adds those that a release before 0.4.0 does not know (migration 0006).
    ...pending.map((action) => addPendingAction(action, atMs)),
    ...(shipments.length > 0 ? insertShipments(orderId, shipments) : []),
    ...(change.cancelled ? insertCancellation(orderId, change.cancelled) : []),
    updateOrder(order, after),
    insertEvent(orderId, event),
    ...also,
  ];
  if (returned) queries.push(...insertReturn(orderId, returned.head, returned.items, returned.to));
  queries.push(...returnUsesOf(order.rulesUsed.filter(({ ruleId }) => !after.rulesUsed.some((use) => use.ruleId === ruleId))));
  if (hasMoved) queries.push(closeAlert("paid_order_waiting", orderId, atMs));
  if (order.stockShort && !after.stockShort) queries.push(closeAlert("stock_short", orderId, atMs));
  const happened = [event];
  const news = newsOf(order, change);
  if (owesMore(order, change)) {
    const { refundDueMinor } = amountsOf(after);
    const due: OrderEvent = {
      ...event,
      what: "refund_due",
      fromStatus: null,
      toStatus: null,
      note: null,
      amountMinor: refundDueMinor,
    };
    queries.push(...refundDueAlert(after, due, deps.config.currencyDecimals));
    happened.push(due);
    news.push({ type: "order.refund_due", eventId: `${orderId}:refund_due:${atMs}` });
  }
  const answer = historyAfter(history, change, happened);
  queries.push(...news.map((each) => enqueueWebhook(each, answer, deps.config.currencyDecimals, atMs)));
  return { queries, changes: [changeOf(change.verb, order, answer.order, deps.config.currencyDecimals)], answer, status: 200 };
}

/** The order as its page shows it after a change. */
function historyAfter(history: OrderHistory, change: OrderChange, happened: readonly OrderEvent[]): OrderHistory {
  const { after, shipments = [], cancelled, returned } = change;
  const otherHeads = history.returnHeads.filter(({ returnId }) => returnId !== returned?.head.returnId);
  return {
    order: { ...history.order, ...after },
    events: [...history.events, ...happened],
    shipments: [...history.shipments, ...shipments],
    cancellations: [...history.cancellations, ...(cancelled ? [cancelled.cancellation] : [])],
    returnHeads: [...otherHeads, ...(returned ? [returned.head] : [])],
    returns: [...history.returns, ...(returned?.items ?? [])],
  };
}

/** What webhooks are told of a change. */
function newsOf({ status: from }: OrderRow, { after, shipments = [], webhook }: OrderChange): OrderNews[] {
  const { orderId, status: to } = after;
  const moved = { type: "order.status_changed" as const, eventId: `${orderId}:${to}:${after.updatedAtMs}`, data: { from, to } };
  const shipped = shipments.map((shipment): OrderNews => {
    return { type: "order.shipped", eventId: shipment.shipmentId, shipment };
  });
  return [...(to === from ? [] : [moved]), ...shipped, ...(webhook ? [webhook] : [])];
}

/** Whether a change makes a refund due, or a larger one. Money that comes, or comes back, for nothing has alerts of its own. */
function owesMore(order: OrderRow, { what, after }: OrderChange): boolean {
  if (what === "paid" || what === "refund_failed")
    return after.paymentStatus === "refund_due" && order.paymentStatus !== "refund_due";
  return amountsOf(after).refundDueMinor > amountsOf(order).refundDueMinor;
}

/** A refund is due: the timeline and an alert record it. */
function refundDueAlert(after: OrderRow, event: OrderEvent, decimals: number): Query<unknown>[] {
  const { orderId, updatedAtMs: atMs } = after;
  const refundDueMinor = event.amountMinor ?? 0;
  const details = { status: after.status, refund_due: toMajor(refundDueMinor, decimals), refund_due_minor: refundDueMinor };
  return [insertEvent(orderId, event), renewAlert("refund_due", orderId, details, atMs)];
}

/** All units that are given, as one shipment for each warehouse, in the order of their ids, without a carrier. */
export function shipmentsOf(units: readonly ShippedUnits[], { newId, by }: Deps, atMs: number): Shipment[] {
  const places = [...Map.groupBy(units, ({ warehouseId }) => warehouseId)].toSorted(([a], [b]) => (a < b ? -1 : 1));
  return places.map(([warehouseId, items]) => {
    const unknown = { carrier: null, trackingNumber: null, trackingUrl: null };
    return { shipmentId: `${SHIPMENT_PREFIX}${newId()}`, warehouseId, ...unknown, actor: by.actor, atMs, items };
  });
}
