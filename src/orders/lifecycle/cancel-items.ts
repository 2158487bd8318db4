import type { Deps } from "../../deps.ts";
import { Refusal } from "../../errors.ts";
import { toMajor } from "../../rules/money.ts";
import { requireMatch } from "../../writes/require-match.ts";
import type { Keyed, Written } from "../../writes/rules/keyed.ts";
import {
  afterCancellation,
  type CancelledItems,
  decideCancellation,
  isWhole,
  type NotCancellable,
  type WantedCancellation,
} from "../rules/cancellation.ts";
import type { Order } from "../rules/order.ts";
import { isOpen, movesFrom } from "../rules/statuses.ts";
import type { Cancellation, OrderHistory } from "../rules/timeline.ts";
import { movedOrRefused } from "./move-order.ts";
import type { OwnedBy } from "./show-order.ts";
import { type OrderChange, writeOrder } from "./write-order.ts";

export interface CancelRequest {
  orderId: string;
  /** `undefined` for all that has not left. */
  items: WantedCancellation[] | undefined;
  reason: string | null;
  ownedBy: OwnedBy;
}

/**
 * Cancels what has not left of an order, or some of it (O10, S1). Where nothing has left and nothing remains, the order is CANCELLED; where
 * the rest has left, it is COMPLETED. What was cancelled is not to be paid any more; a refund of it is due where it was.
 * @throws Refusal `not_found`; `illegal_transition` for an order that is closed or, as a whole, was partly returned; `not_cancellable` for
 *   more than has not left; `unresolved`
 */
export function cancelItems(
  deps: Deps,
  keyed: Keyed | undefined,
  { items, reason, ...which }: CancelRequest,
): Promise<Written<OrderHistory>> {
  const cancellationId = `CAN${keyed?.id ?? deps.newId()}`;
  return writeOrder(deps, keyed, which, (history) => {
    const { order } = history;
    requireMatch(deps, order.updatedAtMs);
    if (!isOpen(order.status) && items) throw notOpen(order);
    const decided = isOpen(order.status) ? decideCancellation(order, items) : undefined;
    if (decided && "refused" in decided) throw notCancellable(decided.refused);
    if (decided && !isWhole(order, decided)) return partOf(deps, history, decided, { cancellationId, reason });
    return { verb: "cancel", what: "status_changed", note: reason, after: movedOrRefused(history, "CANCELLED", deps.nowMs()) };
  });
}

function partOf(
  deps: Deps,
  { order, returns }: OrderHistory,
  decided: CancelledItems,
  { cancellationId, reason }: { cancellationId: string; reason: string | null },
): OrderChange {
  const after = afterCancellation(order, decided, returns, deps.nowMs());
  const amountMinor = after.creditedMinor - order.creditedMinor;
  const cause = { cancellationId, reason, actor: deps.by.actor, atMs: after.updatedAtMs };
  const cancellation: Cancellation = { ...cause, items: decided.items };
  const data = {
    cancellation_id: cancellationId,
    amount: toMajor(amountMinor, deps.config.currencyDecimals),
    items: decided.items.map(({ lineNo, quantity }) => ({ line_no: lineNo, quantity })),
  };
  const webhook = { type: "order.items_cancelled" as const, eventId: cancellationId, data };
  const cancelled = { cancellation, units: decided.units };
  return { verb: "cancel_items", what: "items_cancelled", note: reason, amountMinor, after, cancelled, webhook };
}

function notOpen({ status }: Order): Refusal {
  return new Refusal("illegal_transition", `Nothing of an order that is ${status} can be cancelled.`, {
    members: { status_now: status, possible: movesFrom(status, "hand") },
  });
}

function notCancellable(lines: readonly NotCancellable[]): Refusal {
  const errors = lines.map(({ index, requested, cancellable }) => {
    return { field: `items[${index}].quantity`, message: `${requested} requested, ${cancellable} have not left` };
  });
  const [first] = errors;
  const detail = first
    ? `${first.field}: ${first.message}.`
    : "Nothing of the order can be cancelled: a bundle is cancelled whole.";
  return new Refusal("not_cancellable", detail, { errors });
}
