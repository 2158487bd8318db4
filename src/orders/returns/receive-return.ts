import type { Deps } from "../../deps.ts";
import { requireMatch } from "../../writes/require-match.ts";
import type { Keyed, Written } from "../../writes/rules/keyed.ts";
import { nextUpdateMs } from "../rules/move.ts";
import { decideReceipt } from "../rules/return-requests.ts";
import type { WantedReturn } from "../rules/returns.ts";
import type { OrderHistory } from "../rules/timeline.ts";
import { writeOrder } from "../lifecycle/write-order.ts";
import { broughtBack, RETURN_GUARDS, refuseUnlessActive } from "./bring-back.ts";
import { notReturnable, refuseUnreturnable, returnClosed, returnOf } from "./refusals.ts";

/** What arrived of a return that a customer requested. */
export interface ReceivedReturn {
  orderId: string;
  returnId: string;
  /** `undefined` for all that is left of it, in good condition. */
  items: WantedReturn[] | undefined;
  /** The warehouse that has the goods; `undefined` for those that supplied them. */
  warehouseId: string | undefined;
}

/**
 * Receives goods of a return that was requested, all or some; the rest can be received later. They are brought back as `acceptReturn`
 * does, also where all was refunded since: the customer was told to send them.
 * @throws Refusal `not_found`; `validation_failed` for a warehouse that is not active; `return_closed` where it was rejected or nothing of
 *   it is left; `illegal_transition`; `not_returnable` for more than it names or has left; `unresolved`
 */
export function receiveReturn(
  deps: Deps,
  keyed: Keyed | undefined,
  { orderId, returnId, items, warehouseId: to }: ReceivedReturn,
): Promise<Written<OrderHistory>> {
  return writeOrder(
    deps,
    keyed,
    { orderId },
    async (history) => {
      const { order, returnHeads, returns } = history;
      requireMatch(deps, order.updatedAtMs);
      const head = returnOf(returnHeads, returnId);
      if (to !== undefined) await refuseUnlessActive(deps, to);
      if (head.status === "rejected") throw returnClosed(head);
      const decided = decideReceipt(order, { head, items: returns }, items, to);
      if (!decided) throw returnClosed(head);
      refuseUnreturnable(order);
      if ("refused" in decided) throw notReturnable(decided.refused);
      const atMs = nextUpdateMs(order, deps.nowMs());
      const received = { ...head, status: "received" as const, decidedAtMs: head.decidedAtMs ?? atMs };
      return { ...broughtBack(deps, history, decided, { head: received, to, atMs }), verb: "receive_return", note: head.reason };
    },
    RETURN_GUARDS,
  );
}
