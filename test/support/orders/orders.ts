import { env } from "cloudflare:workers";
import type { Deps } from "../../../src/deps.ts";
import { Refusal } from "../../../src/errors.ts";
import type { Written } from "../../../src/writes/rules/keyed.ts";
import { acceptReturn } from "../../../src/orders/returns/accept-return.ts";
import { editOrder } from "../../../src/orders/lifecycle/edit-order.ts";
import { cancelItems } from "../../../src/orders/lifecycle/cancel-items.ts";
import type { Placed } from "../../../src/orders/placement/attempt.ts";
import { type Shipped, shipOrder } from "../../../src/orders/fulfillment/ship-order.ts";
import { moveOrder } from "../../../src/orders/lifecycle/move-order.ts";
import { placeOrder } from "../../../src/orders/placement/place-order.ts";
import type { OrderRequest } from "../../../src/orders/rules/order-request.ts";
import type { Order } from "../../../src/orders/rules/order.ts";
import type { WantedShipment } from "../../../src/orders/rules/shipping.ts";
import type { OrderStatus } from "../../../src/orders/rules/statuses.ts";
import type { Condition, OrderHistory } from "../../../src/orders/rules/timeline.ts";
import type { FaultyWorker } from "../faults.ts";
import { newId, product } from "../shop/shop.ts";

/** An order of some units of each product, cash on delivery, as a verb takes it. */
export function orderOf(productIds: readonly string[], quantity = 1, more: Partial<OrderRequest> = {}): OrderRequest {
  return {
    customerName: "Asha",
    customerEmail: null,
    customerPhone: null,
    deliveryAddress: null,
    address: null,
    postalCode: null,
    country: "IN",
    deliveryMethod: "curbside",
    paymentMethod: "cod",
    notes: null,
    promoCode: null,
    items: productIds.map((productId) => ({ productId, quantity })),
    policy: undefined,
    userId: null,
    tier: null,
    expectedMinor: undefined,
    edge: undefined,
    ...more,
  };
}

/** What an attempt came to: its answer, or the code of the refusal; anything else thrown fails the test. */
export async function outcomeOf<A>(attempt: Promise<A>): Promise<A | { code: string }> {
  try {
    return await attempt;
  } catch (error) {
    if (error instanceof Refusal) return { code: error.code };
    throw error;
  }
}

/** Makes a product with units in warehouses, straight in its object. @returns its id */
export async function stocked(units: number | Record<string, number>): Promise<string> {
  const { productId } = await product();
  await receiveUnits(productId, units);
  return productId;
}

/** Receives units of a product's variant in warehouses, straight in its object; by default of the one that has the product's id. */
export async function receiveUnits(
  productId: string,
  units: number | Record<string, number>,
  variantId = productId,
): Promise<void> {
  const places = typeof units === "number" ? { BLR: units } : units;
  for (const [warehouseId, quantity] of Object.entries(places)) {
    const reference = { referenceId: newId("receipt"), requestHash: "", externalReference: null, reason: null, actor: "test" };
    await env.STOCK.getByName(productId).adjust({ kind: "receive", variantId, warehouseId, quantity, ...reference });
  }
}

/** Places an order as the route would, with a key or without. */
export function place(deps: Deps, request: OrderRequest, key?: string): Promise<Placed | { code: string }> {
  return outcomeOf(placeOrder(deps, request, keyedBy(key)));
}

/** Cancels an order as the route would, with a key or without. */
export function cancel(deps: Deps, orderId: string, key?: string): Promise<Written<OrderHistory> | { code: string }> {
  return moveTo(deps, orderId, "CANCELLED", key);
}

/** Cancels one unit of each of some lines. */
export function cancelPart(
  deps: Deps,
  orderId: string,
  lineNos: readonly number[],
  key?: string,
): Promise<Written<OrderHistory> | { code: string }> {
  const items = lineNos.map((lineNo) => ({ lineNo, quantity: 1 }));
  return outcomeOf(cancelItems(deps, keyedBy(key), { orderId, items, reason: null, ownedBy: undefined }));
}

const MOVED = {
  deliveryAddress: "12 Lake Road, Pune",
  address: { line1: "12 Lake Road", line2: null, city: "Pune", region: null },
};

/** Changes the address of an order. */
export function edit(deps: Deps, orderId: string, key?: string): Promise<Written<OrderHistory> | { code: string }> {
  return outcomeOf(editOrder(deps, keyedBy(key), { orderId, edit: MOVED }));
}

/** Moves an order by hand. */
export function moveTo(
  deps: Deps,
  orderId: string,
  to: OrderStatus,
  key?: string,
): Promise<Written<OrderHistory> | { code: string }> {
  return outcomeOf(moveOrder(deps, keyedBy(key), { orderId, to, note: null }));
}

/** Ships all that is left of an order in a warehouse, or the units that are named. */
export function shipFrom(
  deps: Deps,
  orderId: string,
  warehouseId: string,
  key?: string,
  items?: WantedShipment[],
): Promise<Written<Shipped> | { code: string }> {
  const parcel = { carrier: null, trackingNumber: null, trackingUrl: null };
  return outcomeOf(shipOrder(deps, keyedBy(key), { orderId, warehouseId, items, ...parcel }));
}

/** Takes units of a product back; sellable unless they are said to be damaged. */
export function takeBack(
  deps: Deps,
  orderId: string,
  items: { productId: string; variantId?: string; quantity: number; condition?: Condition }[],
  key?: string,
  warehouseId?: string,
): Promise<Written<OrderHistory> | { code: string }> {
  const wanted = items.map((item) => ({ condition: "sellable" as const, ...item }));
  return outcomeOf(acceptReturn(deps, keyedBy(key), { orderId, items: wanted, reason: "test", warehouseId }));
}

function keyedBy(key: string | undefined) {
  return key === undefined ? undefined : { id: key, requestHash: `hash of ${key}` };
}

/** The orders of D1 that hold a product's units, whatever their status. */
export async function ordersOf(productId: string): Promise<{ orderId: string; holdId: string; status: string }[]> {
  const { results } = await env.DB.prepare(
    `SELECT DISTINCT order_id AS orderId, hold_id AS holdId, status FROM orders JOIN order_allocations USING (order_id) WHERE product_id = ?`,
  )
    .bind(productId)
    .all<{ orderId: string; holdId: string; status: string }>();
  return results;
}

/** Units of a product that can still be sold. */
export async function availableAt(productId: string): Promise<number> {
  const levels = await env.STOCK.getByName(productId).levels();
  return levels.reduce((sum, level) => sum + level.onHand - level.reserved - level.allocated, 0);
}

/** Places an order of one unit that has to succeed, by a Worker without trouble. */
export async function placedBy(worker: FaultyWorker, productId: string, more: Partial<OrderRequest> = {}): Promise<Order> {
  const answer = await place(worker.deps, orderOf([productId], 1, more));
  if (!("order" in answer)) throw new Error(answer.code);
  return answer.order;
}
