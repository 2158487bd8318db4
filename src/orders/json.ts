import type { AppContext } from "../http/context.ts";
import { sayVersion } from "../http/etag.ts";
import { majorOrNull } from "../http/validate.ts";
import type { OrderJson, OrderPageJson, ReturnHeadJson, ReturnJson } from "./contract.ts";
import { normalPhone } from "../accounts/customer-phone.ts";
import { toHeadJson, toShippedJson } from "./rules/event-payload.ts";
import { type Order, type OrderRow, soleWarehouse } from "./rules/order.ts";
import { shippedOf } from "./rules/shipping.ts";
import { toSoldJson } from "./rules/priced.ts";
import type { OrderHistory, ReturnHead, ReturnItem } from "./rules/timeline.ts";

/** The viewer of an order: staff see who did what, others only whether it was the customer or the shop. */
interface OrderView {
  decimals: number;
  isStaff: boolean;
}

/** The JSON of an order in a list. @param decimals digits after the point of the shop's currency */
export function toOrderHeadJson(order: OrderRow, decimals: number) {
  return toHeadJson(order, { decimals, iso: toIso });
}

/** The JSON of an order with its lines. */
export function toOrderJson(order: Order, decimals: number): OrderJson {
  return {
    ...toOrderHeadJson(order, decimals),
    items: itemsJson(order, decimals),
    warehouse_id: soleWarehouse(order.allocations),
    ranked_by: order.rankedBy,
  };
}

/** The JSON of an order with its timeline and returns. */
function toOrderPageJson(
  { order, events, shipments, cancellations, returnHeads, returns }: OrderHistory,
  { decimals, isStaff }: OrderView,
): OrderPageJson {
  return {
    ...toOrderJson(order, decimals),
    ...(isStaff ? { staff_note: order.staffNote, tags: order.tags } : {}),
    events: events.map(({ what, fromStatus, toStatus, actor, note, amountMinor, atMs }) => {
      const by = isStaff ? actor : sideOf(actor, order);
      return { what, from: fromStatus, to: toStatus, at: toIso(atMs), by, note, amount: majorOrNull(amountMinor, decimals) };
    }),
    shipments: shipments.map((shipment) => toShippedJson(shipment, toIso)),
    cancellations: cancellations.map(({ cancellationId, reason, atMs, items }) => ({
      cancellation_id: cancellationId,
      reason,
      at: toIso(atMs),
      items: items.map(({ lineNo, quantity }) => ({ line_no: lineNo, quantity })),
    })),
    returns: returnHeads.map((head) => toReturnJson(head, returns)),
  };
}

/** The actor as the viewer may see it. */
function sideOf(actor: string, { userId }: OrderRow): string {
  return actor === "guest" || actor === `user:${userId}` ? "customer" : "shop";
}

/** The JSON of a return as a whole. */
export function toReturnHeadJson(head: ReturnHead): ReturnHeadJson {
  const decidedAt = head.decidedAtMs === null ? null : toIso(head.decidedAtMs);
  return {
    return_id: head.returnId,
    status: head.status,
    reason: head.reason,
    at: toIso(head.atMs),
    received_at: head.status === "received" ? decidedAt : null,
    rejected_at: head.status === "rejected" ? decidedAt : null,
    rejection_reason: head.rejection,
    requested: (head.requested ?? []).map(({ productId, variantId, sku, name, quantity }) => {
      return { product_id: productId, variant_id: variantId, sku, name, quantity };
    }),
  };
}

/** The JSON of a return with the units of it that came back. @param returned those of all returns of its order */
export function toReturnJson(head: ReturnHead, returned: readonly ReturnItem[]): ReturnJson {
  const own = returned.filter(({ returnId }) => returnId === head.returnId);
  const items = own.map(({ productId, variantId, warehouseId, quantity, condition }) => {
    return { product_id: productId, variant_id: variantId, warehouse_id: warehouseId, quantity, condition };
  });
  return { ...toReturnHeadJson(head), items };
}

function itemsJson(order: Order, decimals: number): OrderJson["items"] {
  return order.items.map((item) => ({
    line_no: item.lineNo,
    ...toSoldJson(item, decimals),
    cancelled: item.cancelled,
    allocations: order.allocations
      .filter(({ lineNo }) => lineNo === item.lineNo)
      .map((allocation) => ({
        warehouse_id: allocation.warehouseId,
        quantity: allocation.quantity,
        shipped: shippedOf(order, allocation),
        cancelled: allocation.cancelled,
        short: order.stockShort ? allocation.short : 0,
        product_id: allocation.productId,
        variant_id: allocation.variantId,
      })),
  }));
}

/** A phone number as orders have it. @returns `undefined` where the text is none */
export function phoneOf(c: AppContext, text: string): string | undefined {
  return normalPhone(text, c.var.deps.config.country);
}

/** What an order stores as its phone: the number, or the text where it is none. */
export function storedPhone(c: AppContext, text: string): string {
  return phoneOf(c, text) ?? text;
}

function toIso(atMs: number): string {
  return new Date(atMs).toISOString();
}

/** Answers with an order's page, and says whether it is a replay. */
export function shownOrder(c: AppContext, history: OrderHistory, replayed = false): OrderPageJson {
  if (replayed) c.header("Idempotency-Replayed", "true");
  sayVersion(c, history.order.updatedAtMs);
  return toOrderPageJson(history, {
    decimals: c.var.deps.config.currencyDecimals,
    isStaff: c.var.caller.may("orders:read_any"),
  });
}
