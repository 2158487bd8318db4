import type { Deps } from "../../deps.ts";
import { invalidField } from "../../errors.ts";
import type { PendingAction } from "../../stock/rules/pending-action.ts";
import { findWarehouse } from "../../warehouses/queries.ts";
import { toMajor } from "../../rules/money.ts";
import type { Order, OrderRow } from "../rules/order.ts";
import { paymentStatusOf } from "../rules/payment-status.ts";
import { creditedByReturns } from "../rules/returned-lines.ts";
import type { OrderHistory, ReturnedUnits, ReturnHead, ReturnItem } from "../rules/timeline.ts";
import type { OrderChange } from "../lifecycle/write-order.ts";

/** The column that `insertReturn` sets to NULL where the named warehouse was archived meanwhile. */
export const RETURN_GUARDS = ["return_items.warehouse_id"] as const;

/** The reason in the ledger of a return whose customer gave none. */
const NO_REASON = "Requested by the customer";

/** @throws Refusal `validation_failed` naming the field */
export async function refuseUnlessActive(deps: Deps, warehouseId: string): Promise<void> {
  const { warehouse } = await deps.db.batch("find warehouse", { warehouse: findWarehouse(warehouseId) });
  if (warehouse?.status !== "active") throw invalidField("warehouse_id", `there is no active warehouse ${warehouseId}`);
}

/**
 * The change of an order by units of a return that came back: what they were worth is credited, sellable ones go on hand (S1, O6).
 * @param history of the order; all that comes back has left
 */
export function broughtBack(
  deps: Deps,
  { order, returns }: Pick<OrderHistory, "order" | "returns">,
  { units, isEverything }: { units: readonly ReturnedUnits[]; isEverything: boolean },
  { head, to, atMs }: { head: ReturnHead; to: string | undefined; atMs: number },
): OrderChange {
  const { returnId } = head;
  const cause = { reason: head.reason ?? NO_REASON, actor: deps.by.actor };
  const before = returns.filter((each) => each.returnId === returnId).length;
  const items = units.map((unit, index): ReturnItem => ({ ...unit, ...cause, returnId, lineNo: before + index, atMs }));
  const after = rowAfter(order, [...returns, ...items], isEverything, atMs);
  const amountMinor = after.creditedMinor - order.creditedMinor;
  // Each receipt of a return has a reference of its own in the ledger.
  const receiptId = before === 0 ? returnId : `${returnId}/${before}`;
  const amount = toMajor(amountMinor, deps.config.currencyDecimals);
  const data = { return_id: returnId, amount, items: units.map(toUnitsJson) };
  const webhook = { type: "order.returned" as const, eventId: receiptId, data };
  const pending = restocksOf(units, { orderId: order.orderId, receiptId, cause });
  return { verb: "return", what: "returned", note: null, amountMinor, after, returned: { head, items, to }, pending, webhook };
}

function rowAfter(order: Order, returns: readonly ReturnItem[], isEverything: boolean, updatedAtMs: number): OrderRow {
  const status = isEverything ? "RETURNED" : order.status;
  const after = { ...order, status, creditedMinor: creditedByReturns(order, returns), updatedAtMs };
  return { ...after, paymentStatus: paymentStatusOf(after) };
}

function restocksOf(
  units: readonly ReturnedUnits[],
  { orderId, receiptId, cause }: { orderId: string; receiptId: string; cause: { reason: string; actor: string } },
): PendingAction[] {
  const lines = units
    .filter(({ condition }) => condition === "sellable")
    .map(({ productId, variantId, warehouseId, quantity }) => ({ productId, variantId, warehouseId, quantity }));
  return lines.length === 0
    ? []
    : [{ actionId: `return:${receiptId}`, orderId, holdId: receiptId, kind: "return", lines, cause }];
}

function toUnitsJson({ productId, variantId, quantity, condition }: ReturnedUnits) {
  return { product_id: productId, variant_id: variantId, quantity, condition };
}
