import type { Deps } from "../../deps.ts";
import { Refusal } from "../../errors.ts";
import type { Keyed, Written } from "../../writes/rules/keyed.ts";
import type { PendingAction } from "../../stock/rules/pending-action.ts";
import { nextUpdateMs } from "../rules/move.ts";
import type { Order, OrderRow } from "../rules/order.ts";
import { paymentStatusOf } from "../rules/payment-status.ts";
import { decideReturn, type NotReturnable, type WantedReturn } from "../rules/returns.ts";
import { movesFrom } from "../rules/statuses.ts";
import type { OrderHistory, ReturnedUnits, ReturnItem } from "../rules/timeline.ts";
import { writeOrder } from "./write-order.ts";

/** Goods that came back. */
export interface ReturnRequest {
  orderId: string;
  items: WantedReturn[];
  reason: string;
}

/**
 * Takes goods back: what can be sold again goes on hand in the warehouses that supplied it, what is damaged is recorded and does
 * not. When nothing is left with the customer the order is RETURNED, and a refund is due where it was paid (PROTOCOL O6, S1).
 * @throws Refusal `not_found`; `illegal_transition` from a status in which nothing can come back; `not_returnable` for more than was
 *   bought less what came back; `unresolved`
 */
export function acceptReturn(
  deps: Deps,
  keyed: Keyed | undefined,
  { orderId, items, reason }: ReturnRequest,
): Promise<Written<OrderHistory>> {
  const returnId = `RET${keyed?.id ?? deps.newId()}`;
  return writeOrder(deps, keyed, { orderId }, ({ order, returns }) => {
    if (!movesFrom(order.status, "return").includes("RETURNED")) throw nothingToReturn(order);
    const decided = decideReturn(order, returns, items);
    if ("refused" in decided) throw notReturnable(decided.refused);
    const after = rowAfter(order, decided.isEverything, deps.nowMs());
    const { actor } = deps.by;
    const cause = { reason, actor };
    const returned = decided.units.map((unit, lineNo): ReturnItem => {
      return { ...unit, ...cause, returnId, lineNo, atMs: after.updatedAtMs };
    });
    const data = { order_id: orderId, return_id: returnId, status: after.status, items: decided.units.map(toReturnPayload) };
    const told = { type: "order.returned" as const, eventId: returnId, data };
    const owed = owedFor(decided.units, { orderId, returnId, cause });
    return { verb: "return", what: "returned", note: reason, after, returned, owed, told };
  });
}

function rowAfter(order: Order, isEverything: boolean, nowMs: number): OrderRow {
  const after = { ...order, updatedAtMs: nextUpdateMs(order, nowMs) };
  if (!isEverything) return after;
  const status = "RETURNED";
  return { ...after, status, paymentStatus: paymentStatusOf({ ...order, status }) };
}

function owedFor(
  units: readonly ReturnedUnits[],
  { orderId, returnId, cause }: { orderId: string; returnId: string; cause: { reason: string; actor: string } },
): PendingAction[] {
  const lines = units
    .filter(({ condition }) => condition === "sellable")
    .map(({ productId, variantId, warehouseId, quantity }) => ({ productId, variantId, warehouseId, quantity }));
  return lines.length === 0 ? [] : [{ actionId: `return:${returnId}`, orderId, holdId: returnId, kind: "return", lines, cause }];
}

function toReturnPayload({ productId, variantId, quantity, condition }: ReturnedUnits) {
  return { product_id: productId, variant_id: variantId, quantity, condition };
}

function nothingToReturn({ status }: Order): Refusal {
  return new Refusal("illegal_transition", `Nothing can come back of an order that is ${status}.`, {
    members: { status_now: status, possible: movesFrom(status, "hand") },
  });
}

function notReturnable(lines: readonly NotReturnable[]): Refusal {
  const errors = lines.map(({ index, requested, returnable }) => ({
    field: `items[${index}].quantity`,
    message: `${requested} were to come back; ${returnable} of it can`,
  }));
  const [first] = errors;
  return new Refusal("not_returnable", first ? `${first.field}: ${first.message}.` : "It cannot come back.", { errors });
}
