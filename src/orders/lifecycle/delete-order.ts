import type { Deps } from "../../deps.ts";
import { requireMatch } from "../../writes/require-match.ts";
import type { Keyed, Written } from "../../writes/rules/keyed.ts";
import { nextUpdateMs } from "../rules/move.ts";
import { isOpen } from "../rules/statuses.ts";
import type { OrderHistory } from "../rules/timeline.ts";
import { movedOrRefused } from "./move-order.ts";
import { showOrder } from "./show-order.ts";
import { writeOrder } from "./write-order.ts";

/**
 * Hides an order from lists; an open one is also cancelled, in the same batch. Its rows, ledger and events stay. Deleting it again
 * changes nothing.
 * @throws Refusal `not_found`; `illegal_transition` for an open order with returns; `unresolved`
 */
export async function deleteOrder(deps: Deps, keyed: Keyed | undefined, orderId: string): Promise<Written<OrderHistory>> {
  const known = await showOrder(deps, orderId);
  if (known.order.deletedAtMs !== null) return { answer: known, status: 200, replayed: false };
  return writeOrder(deps, keyed, { orderId }, (history) => {
    const { order } = history;
    requireMatch(deps, order.updatedAtMs);
    if (order.deletedAtMs !== null) return undefined;
    const nowMs = deps.nowMs();
    const closed = isOpen(order.status)
      ? movedOrRefused(history, "CANCELLED", nowMs)
      : { ...order, updatedAtMs: nextUpdateMs(order, nowMs) };
    return { verb: "delete", what: "deleted", note: null, after: { ...closed, deletedAtMs: nowMs } };
  });
}
