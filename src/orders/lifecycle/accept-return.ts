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

/** Goods that a customer returned. */
export interface ReturnRequest {
  orderId: string;
  items: WantedReturn[];
  reason: string;
}

/**
 * Accepts a return: sellable units go on hand in the warehouses that supplied them, damaged ones are only recorded. When every unit
 * came back the order is RETURNED, and a refund is due where it was paid (O6, S1).
 * @throws Refusal `not_found`; `illegal_transition` from a status without returns; `not_returnable` for more than was bought and not
 *   returned yet; `unresolved`
 */
export function acceptReturn(
  deps: Deps,
  keyed: Keyed | undefined,
  { orderId, items, reason }: ReturnRequest,
): Promise<Written<OrderHistory>> {
  const returnId = `RET${keyed?.id ?? deps.newId()}`;
  return writeOrder(deps, keyed, { orderId }, ({ order, returns }) => {
    if (!movesFrom(order.status, "return").includes("RETURNED")) throw notInReturnableStatus(order);
    const decided = decideReturn(order, returns, items);
    if ("refused" in decided) throw notReturnable(decided.refused);
    const after = rowAfter(order, decided.isEverything, deps.nowMs());
    const cause = { reason, actor: deps.by.actor };
    const returned = decided.units.map((unit, lineNo): ReturnItem => {
      return { ...unit, ...cause, returnId, lineNo, atMs: after.updatedAtMs };
    });
    const data = { order_id: orderId, return_id: returnId, status: after.status, items: decided.units.map(toReturnPayload) };
    const webhook = { type: "order.returned" as const, eventId: returnId, data };
    const pending = restocksOf(decided.units, { orderId, returnId, cause });
    return { verb: "return", what: "returned", note: reason, after, returned, pending, webhook };
  });
}

function rowAfter(order: Order, isEverything: boolean, nowMs: number): OrderRow {
  const after = { ...order, updatedAtMs: nextUpdateMs(order, nowMs) };
  if (!isEverything) return after;
  const status = "RETURNED";
  return { ...after, status, paymentStatus: paymentStatusOf({ ...order, status }) };
}

function restocksOf(
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

function notInReturnableStatus({ status }: Order): Refusal {
  return new Refusal("illegal_transition", `An order that is ${status} cannot be returned.`, {
    members: { status_now: status, possible: movesFrom(status, "hand") },
  });
}

function notReturnable(lines: readonly NotReturnable[]): Refusal {
  const errors = lines.map(({ index, requested, returnable }) => ({
    field: `items[${index}].quantity`,
    message: `${requested} requested, ${returnable} returnable`,
  }));
  const [first] = errors;
  return new Refusal("not_returnable", first ? `${first.field}: ${first.message}.` : "It cannot be returned.", { errors });
}
