import type { Deps } from "../../deps.ts";
import { requireMatch } from "../../writes/require-match.ts";
import type { Keyed, Written } from "../../writes/rules/keyed.ts";
import { nextUpdateMs } from "../rules/move.ts";
import { decideRequest } from "../rules/return-requests.ts";
import type { WantedReturn } from "../rules/returns.ts";
import type { OrderHistory, RequestedItem, ReturnHead } from "../rules/timeline.ts";
import type { OwnedBy } from "../lifecycle/show-order.ts";
import { type OrderChange, writeOrder } from "../lifecycle/write-order.ts";
import { notReturnable, refuseRefunded, refuseUnreturnable, returnClosed, returnOf } from "./refusals.ts";

/** What a customer wants to bring back. */
export interface RequestedReturn {
  orderId: string;
  ownedBy: OwnedBy;
  items: Omit<WantedReturn, "condition">[];
  reason: string | null;
}

/**
 * Records what a customer wants to bring back; neither goods nor money move until staff have received it.
 * @returns the order, and the return's id
 * @throws Refusal `not_found`; `illegal_transition` from a status without returns; `already_refunded`; `not_returnable` for more than has
 *   left and was neither returned nor requested; `unresolved`
 */
export async function requestReturn(
  deps: Deps,
  keyed: Keyed | undefined,
  { orderId, ownedBy, items, reason }: RequestedReturn,
): Promise<Written<{ order: OrderHistory; returnId: string }>> {
  const returnId = `RET${keyed?.id ?? deps.newId()}`;
  const written = await writeOrder(deps, keyed, { orderId, ownedBy }, ({ order, returnHeads: heads, returns }) => {
    refuseUnreturnable(order);
    refuseRefunded(order);
    const decided = decideRequest(order, { heads, items: returns }, items);
    if ("refused" in decided) throw notReturnable(decided.refused);
    const after = { ...order, updatedAtMs: nextUpdateMs(order, deps.nowMs()) };
    const { requested } = decided;
    const open = { returnId, status: "requested" as const, requested, decidedAtMs: null, rejection: null };
    const head: ReturnHead = { ...open, reason, actor: deps.by.actor, atMs: after.updatedAtMs };
    const data = { return_id: returnId, reason, items: requested.map(toRequestedJson) };
    const webhook = { type: "order.return_requested" as const, eventId: returnId, data };
    const returned = { head, items: [] };
    return { verb: "request_return", what: "return_requested", note: reason, after, returned, webhook };
  });
  return { ...written, answer: { order: written.answer, returnId } };
}

/**
 * Rejects what a customer wants to bring back.
 * @throws Refusal `not_found`; `return_closed` where some of it was received, or it was rejected; `unresolved`
 */
export function rejectReturn(
  deps: Deps,
  keyed: Keyed | undefined,
  { orderId, returnId, reason }: { orderId: string; returnId: string; reason: string },
): Promise<Written<OrderHistory>> {
  return writeOrder(deps, keyed, { orderId }, ({ order, returnHeads }): OrderChange => {
    requireMatch(deps, order.updatedAtMs);
    const head = returnOf(returnHeads, returnId);
    if (head.status !== "requested") throw returnClosed(head);
    const after = { ...order, updatedAtMs: nextUpdateMs(order, deps.nowMs()) };
    const rejected: ReturnHead = { ...head, status: "rejected", decidedAtMs: after.updatedAtMs, rejection: reason };
    const data = { return_id: returnId, reason, items: (head.requested ?? []).map(toRequestedJson) };
    const webhook = { type: "order.return_rejected" as const, eventId: `${returnId}:rejected`, data };
    const returned = { head: rejected, items: [] };
    return { verb: "reject_return", what: "return_rejected", note: reason, after, returned, webhook };
  });
}

function toRequestedJson({ productId, variantId, quantity }: RequestedItem) {
  return { product_id: productId, variant_id: variantId, quantity };
}
