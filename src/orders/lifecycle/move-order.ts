import type { Deps } from "../../deps.ts";
import { Refusal } from "../../errors.ts";
import { requireMatch } from "../../writes/require-match.ts";
import type { Keyed, Written } from "../../writes/rules/keyed.ts";
import { decideMove } from "../rules/move.ts";
import type { OrderRow } from "../rules/order.ts";
import { unshippedUnits } from "../rules/shipping.ts";
import type { OrderStatus } from "../rules/statuses.ts";
import type { OrderHistory } from "../rules/timeline.ts";
import { refuseShort } from "./refuse-short.ts";
import type { OwnedBy } from "./show-order.ts";
import { shipmentsOf, writeOrder } from "./write-order.ts";

/** A change of an order's status by hand. */
export interface MoveRequest {
  orderId: string;
  to: OrderStatus;
  note: string | null;
  ownedBy?: OwnedBy;
}

/**
 * Moves an order to another status. Completing it ships all that is left. Cancelling frees its units; a refund is due where it was
 * paid.
 * @throws Refusal `not_found`; `illegal_transition` with the present status and the possible ones; `order_short`; `unresolved`
 */
export function moveOrder(
  deps: Deps,
  keyed: Keyed | undefined,
  { to, note, ...which }: MoveRequest,
): Promise<Written<OrderHistory>> {
  const verb = to === "CANCELLED" ? "cancel" : "move";
  return writeOrder(deps, keyed, which, (history) => {
    requireMatch(deps, history.order.updatedAtMs);
    if (to === "COMPLETED") refuseShort(history.order);
    const after = movedOrRefused(history, to, deps.nowMs());
    const shipments = to === "COMPLETED" ? shipmentsOf(unshippedUnits(history.order), deps, after.updatedAtMs) : [];
    return { verb, what: "status_changed", note, after, shipments };
  });
}

/** @throws Refusal `illegal_transition` */
export function movedOrRefused({ order, returns }: OrderHistory, to: OrderStatus, nowMs: number): OrderRow {
  const decided = decideMove(order, to, { hasReturns: returns.length > 0, nowMs });
  if ("after" in decided) return decided.after;
  throw new Refusal("illegal_transition", decided.refused, {
    members: { status_now: order.status, possible: decided.possible },
  });
}
