import type { Deps } from "../../deps.ts";
import { invalidField, Refusal } from "../../errors.ts";
import type { Keyed, Written } from "../../writes/rules/keyed.ts";
import type { PendingAction } from "../../stock/rules/pending-action.ts";
import { findWarehouse } from "../../warehouses/queries.ts";
import { nextUpdateMs } from "../rules/move.ts";
import { toMajor } from "../../rules/money.ts";
import type { Order, OrderRow } from "../rules/order.ts";
import { paymentStatusOf } from "../rules/payment-status.ts";
import { afterShipment, fulfillmentStatusOf, unshippedUnits } from "../rules/shipping.ts";
import { decideReturn, type NotReturnable, type WantedReturn } from "../rules/returns.ts";
import { creditedByReturns } from "../rules/returned-lines.ts";
import { movesFrom } from "../rules/statuses.ts";
import type { OrderHistory, ReturnedUnits, ReturnHead, ReturnItem } from "../rules/timeline.ts";
import { type OrderChange, shipmentsOf, writeOrder } from "./write-order.ts";

/** Goods that a customer returned. */
export interface ReturnRequest {
  orderId: string;
  items: WantedReturn[];
  reason: string;
  /** The warehouse that has the goods; `undefined` for those that supplied them. */
  warehouseId?: string | undefined;
}

/** The column that `insertReturn` sets to NULL where the named warehouse was archived meanwhile. */
const GUARDS = ["return_items.warehouse_id"] as const;

/**
 * Accepts a return: sellable units go on hand in the warehouse that is named, else in those that supplied them; damaged ones are only
 * recorded. When every unit came back the order is RETURNED. What came back is not to be paid any more; a refund of it is due where it
 * was (O6, S1).
 * @throws Refusal `not_found`; `validation_failed` for a warehouse that is not active; `illegal_transition` from a status without returns;
 *   `not_returnable` for more than was bought and not returned yet; `unresolved`
 */
export function acceptReturn(
  deps: Deps,
  keyed: Keyed | undefined,
  { orderId, items, reason, warehouseId: to }: ReturnRequest,
): Promise<Written<OrderHistory>> {
  const returnId = `RET${keyed?.id ?? deps.newId()}`;
  const decide = async ({ order: read, returns }: OrderHistory): Promise<OrderChange> => {
    if (to !== undefined) await refuseUnlessActive(deps, to);
    if (!movesFrom(read.status, "return").includes("RETURNED")) throw notInReturnableStatus(read);
    // Where no shipment was recorded, all of it has left: goods that come back did.
    const nowMs = deps.nowMs();
    const rest = fulfillmentStatusOf(read) === "unfulfilled" ? unshippedUnits(read) : [];
    const order = rest.length > 0 ? { ...afterShipment(read, rest, nowMs), status: read.status } : read;
    const decided = decideReturn(order, returns, items, to);
    if ("refused" in decided) throw notReturnable(decided.refused);
    const cause = { reason, actor: deps.by.actor };
    const atMs = nextUpdateMs(read, nowMs);
    const shipments = shipmentsOf(rest, deps, atMs);
    const back = decided.units.map((unit, lineNo): ReturnItem => ({ ...unit, ...cause, returnId, lineNo, atMs }));
    const head: ReturnHead = {
      returnId,
      status: "received",
      requested: null,
      ...cause,
      atMs,
      decidedAtMs: atMs,
      rejection: null,
    };
    const returned = { head, items: back, to };
    const after = rowAfter(order, [...returns, ...back], decided.isEverything, atMs);
    const amountMinor = after.creditedMinor - order.creditedMinor;
    const data = {
      return_id: returnId,
      amount: toMajor(amountMinor, deps.config.currencyDecimals),
      items: decided.units.map(toReturnPayload),
    };
    const webhook = { type: "order.returned" as const, eventId: returnId, data };
    const pending = restocksOf(decided.units, { orderId, returnId, cause });
    return { verb: "return", what: "returned", note: reason, amountMinor, after, returned, shipments, pending, webhook };
  };
  return writeOrder(deps, keyed, { orderId }, decide, GUARDS);
}

/** @throws Refusal `validation_failed` naming the field */
async function refuseUnlessActive(deps: Deps, warehouseId: string): Promise<void> {
  const { warehouse } = await deps.db.batch("find warehouse", { warehouse: findWarehouse(warehouseId) });
  if (warehouse?.status !== "active") throw invalidField("warehouse_id", `there is no active warehouse ${warehouseId}`);
}

function rowAfter(order: Order, returns: readonly ReturnItem[], isEverything: boolean, updatedAtMs: number): OrderRow {
  const status = isEverything ? "RETURNED" : order.status;
  const after = { ...order, status, creditedMinor: creditedByReturns(order, returns), updatedAtMs };
  return { ...after, paymentStatus: paymentStatusOf(after) };
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
