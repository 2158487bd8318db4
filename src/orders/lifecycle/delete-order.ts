import type { Deps } from "../../deps.ts";
import { requireMatch } from "../../writes/require-match.ts";
import { keptAnswer } from "../../writes/write-once.ts";
import type { Keyed, Written } from "../../writes/rules/keyed.ts";
import { nextUpdateMs } from "../rules/move.ts";
import { isOpen } from "../rules/statuses.ts";
import type { OrderHistory } from "../rules/timeline.ts";
import { completed } from "./kept-history.ts";
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
  if (known.order.deletedAtMs !== null) return answered(deps, keyed, known);
  return writeOrder(deps, keyed, { orderId }, (history) => {
    const { order } = history;
    if (order.deletedAtMs !== null) return undefined;
    requireMatch(deps, order.updatedAtMs);
    const nowMs = deps.nowMs();
    const closed = isOpen(order.status)
      ? movedOrRefused(history, "CANCELLED", nowMs)
      : { ...order, updatedAtMs: nextUpdateMs(order, nowMs) };
    return { verb: "delete", what: "deleted", note: null, after: { ...closed, deletedAtMs: nowMs } };
  });
}

/** A deleted order is not written, not even under a new key, because callers can send any number of them. */
async function answered(deps: Deps, keyed: Keyed | undefined, known: OrderHistory): Promise<Written<OrderHistory>> {
  const kept = keyed && (await keptAnswer<OrderHistory>(deps, keyed));
  return kept
    ? { ...kept, answer: completed(kept.answer) }
    : { answer: { ...known, isUnchanged: true }, status: 200, replayed: false };
}
