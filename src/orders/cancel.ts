import type { Deps } from "../deps.ts";
import { Refusal, unresolved } from "../errors.ts";
import { carryOut } from "../stock/carry-out.ts";
import { findOwed } from "../stock/owed-queries.ts";
import { cancelOrder as cancelInD1 } from "./owed-queries.ts";
import { findRecord } from "./queries.ts";
import type { Order } from "./rules/order.ts";
import { STATUSES, statusesBefore } from "./rules/statuses.ts";

/** The restocks that one order can owe at once are few. */
const MAX_OWED = 10;

/**
 * Cancels an order and gives its units back to the warehouses that supplied them (PROTOCOL S1, S2). D1 first: what the objects are
 * owed stands in the same batch, so that the sweep finishes it where this Worker does not. Cancelling again changes nothing.
 * @throws Refusal `not_found`; `illegal_transition` from a status that does not lead to CANCELLED; `unresolved`
 */
export async function cancelOrder(deps: Deps, orderId: string): Promise<Order> {
  const [, , { order }, owed] = await deps.db
    .batch(...cancelInD1(orderId, statusesBefore("CANCELLED"), deps.nowMs()), findRecord(orderId), findOwed(MAX_OWED, orderId))
    .catch((error: unknown) => {
      throw unresolved("The database did not say whether the order is cancelled.", "again", error);
    });
  if (!order) throw new Refusal("not_found", "There is no such order.");
  if (order.status !== "CANCELLED") {
    throw new Refusal("illegal_transition", `An order that is ${order.status} cannot be cancelled.`, {
      members: { status_now: order.status, possible: STATUSES[order.status] },
    });
  }
  if (owed.length > 0) deps.defer((later) => carryOut(later, owed));
  return order;
}
