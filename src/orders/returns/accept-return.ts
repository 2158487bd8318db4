import type { Deps } from "../../deps.ts";
import type { Keyed, Written } from "../../writes/rules/keyed.ts";
import { decideReturn, type WantedReturn } from "../rules/returns.ts";
import { afterShipment, fulfillmentStatusOf, unshippedUnits } from "../rules/shipping.ts";
import type { OrderHistory } from "../rules/timeline.ts";
import { nextUpdateMs } from "../rules/move.ts";
import { shipmentsOf, writeOrder } from "../lifecycle/write-order.ts";
import { notReturnable, refuseRefunded, refuseUnreturnable } from "./refusals.ts";
import { broughtBack, RETURN_GUARDS, refuseUnlessActive } from "./bring-back.ts";

/** Goods that a customer returned. */
export interface AcceptedReturn {
  orderId: string;
  items: WantedReturn[];
  reason: string;
  /** The warehouse that has the goods; `undefined` for those that supplied them. */
  warehouseId?: string | undefined;
}

/**
 * Accepts a return that nobody requested: sellable units go on hand in the warehouse that is named, else in those that supplied them;
 * damaged ones are only recorded. When every unit came back the order is RETURNED. What came back is not to be paid any more; a refund
 * of it is due where it was (O6, S1).
 * @throws Refusal `not_found`; `validation_failed` for a warehouse that is not active; `illegal_transition` from a status without returns;
 *   `already_refunded`; `not_returnable` for more than was bought and not returned yet; `unresolved`
 */
export function acceptReturn(
  deps: Deps,
  keyed: Keyed | undefined,
  { orderId, items, reason, warehouseId: to }: AcceptedReturn,
): Promise<Written<OrderHistory>> {
  const returnId = `RET${keyed?.id ?? deps.newId()}`;
  return writeOrder(
    deps,
    keyed,
    { orderId },
    async (history) => {
      const { order: read, returns } = history;
      if (to !== undefined) await refuseUnlessActive(deps, to);
      refuseUnreturnable(read);
      refuseRefunded(read);
      // Where no shipment was recorded, all of it has left: goods that come back did.
      const nowMs = deps.nowMs();
      const rest = fulfillmentStatusOf(read) === "unfulfilled" ? unshippedUnits(read) : [];
      const order = rest.length > 0 ? { ...afterShipment(read, rest, nowMs), status: read.status } : read;
      const decided = decideReturn(order, returns, items, { to });
      if ("refused" in decided) throw notReturnable(decided.refused);
      const atMs = nextUpdateMs(read, nowMs);
      const whole = { requested: null, reason, actor: deps.by.actor, atMs, rejection: null };
      const head = { ...whole, returnId, status: "received" as const, decidedAtMs: atMs };
      const change = broughtBack(deps, { ...history, order }, decided, { head, to, atMs });
      return { ...change, verb: "return", note: reason, shipments: shipmentsOf(rest, deps, atMs) };
    },
    RETURN_GUARDS,
  );
}
