import type { Deps } from "../../deps.ts";
import { Refusal } from "../../errors.ts";
import { requireMatch } from "../../writes/require-match.ts";
import type { Keyed, Written } from "../../writes/rules/keyed.ts";
import { nextUpdateMs } from "../rules/move.ts";
import type { Order } from "../rules/order.ts";
import {
  afterShipment,
  decideShipment,
  type NotShippable,
  obstacleToShipping,
  unshippedUnits,
  type WantedShipment,
} from "../rules/shipping.ts";
import { movesFrom } from "../rules/statuses.ts";
import type { OrderHistory, Shipment } from "../rules/timeline.ts";
import { refuseShort } from "../lifecycle/refuse-short.ts";
import { SHIPMENT_PREFIX, shipmentsOf, writeOrder } from "../lifecycle/write-order.ts";

/** What leaves a warehouse. */
export interface ShipRequest {
  orderId: string;
  warehouseId: string;
  /** `undefined` for all that is left there. */
  items: WantedShipment[] | undefined;
  carrier: string | null;
  trackingNumber: string | null;
  trackingUrl: string | null;
}

/** A shipment with its order as it is now. */
export interface Shipped {
  shipment: Shipment;
  order: Order;
}

/**
 * Records that units of an order have left a warehouse (O9, S1): the first shipment makes the order PROCESSING, the last COMPLETED.
 * @throws Refusal `not_found`; `illegal_transition` for an order that is closed or unpaid; `not_shippable` for more than is left there; `order_short`;
 *   `unresolved`
 */
export async function shipOrder(deps: Deps, keyed: Keyed | undefined, request: ShipRequest): Promise<Written<Shipped>> {
  const { orderId, warehouseId, items, ...parcel } = request;
  const shipmentId = `${SHIPMENT_PREFIX}${keyed?.id ?? deps.newId()}`;
  const written = await writeOrder(deps, keyed, { orderId }, ({ order }) => {
    requireMatch(deps, order.updatedAtMs);
    refuseUnshippable(order);
    const decided = decideShipment(order, warehouseId, items);
    if ("refused" in decided && decided.refused.length === 0)
      refuseShort({ ...order, allocations: order.allocations.filter((each) => each.warehouseId === warehouseId) });
    if ("refused" in decided) throw notShippable(warehouseId, decided.refused);
    const after = afterShipment(order, decided.units, deps.nowMs());
    const shipment = { ...parcel, shipmentId, warehouseId, actor: deps.by.actor, atMs: after.updatedAtMs, items: decided.units };
    return { verb: "ship", what: "shipped", note: null, after, shipments: [shipment] };
  });
  const { order, shipments } = written.answer;
  const shipment = shipments.find((each) => each.shipmentId === shipmentId);
  if (!shipment) throw new Error(`the answer lacks the shipment ${shipmentId}`);
  return { ...written, answer: { shipment, order } };
}

/**
 * Tells the customer that an order can be collected; the order is PROCESSING from then on. Doing it again changes nothing.
 * @throws Refusal `not_found`; `illegal_transition` for one that is delivered, closed or unpaid; `unresolved`
 */
export function announcePickup(deps: Deps, keyed: Keyed | undefined, orderId: string): Promise<Written<OrderHistory>> {
  return writeOrder(deps, keyed, { orderId }, ({ order, events }) => {
    requireMatch(deps, order.updatedAtMs);
    refuseUnlessPickup(order);
    const sinceReopened = events.slice(events.findLastIndex(({ what }) => what === "reopened") + 1);
    if (sinceReopened.some(({ what }) => what === "ready_for_pickup")) return undefined;
    const after = { ...order, status: "PROCESSING" as const, dueAtMs: null, updatedAtMs: nextUpdateMs(order, deps.nowMs()) };
    const webhook = { type: "order.ready_for_pickup" as const, eventId: `${orderId}:ready_for_pickup:${after.updatedAtMs}` };
    return { verb: "ready", what: "ready_for_pickup", note: null, after, webhook };
  });
}

/**
 * Records that a customer has collected an order: all that is left of it leaves, and it is COMPLETED.
 * @throws Refusal `not_found`; `illegal_transition` for one that is delivered, closed or unpaid; `order_short`; `unresolved`
 */
export function recordCollection(deps: Deps, keyed: Keyed | undefined, orderId: string): Promise<Written<OrderHistory>> {
  return writeOrder(deps, keyed, { orderId }, ({ order }) => {
    requireMatch(deps, order.updatedAtMs);
    refuseUnlessPickup(order);
    refuseShort(order);
    const units = unshippedUnits(order);
    const after = afterShipment(order, units, deps.nowMs());
    const webhook = { type: "order.collected" as const, eventId: `${orderId}:collected` };
    const shipments = shipmentsOf(units, deps, after.updatedAtMs);
    return { verb: "collect", what: "collected", note: null, after, shipments, webhook };
  });
}

function refuseUnlessPickup(order: Order): void {
  refuseUnshippable(order);
  if (order.deliveryMethod !== "self_service")
    throw notNow(order, `The order is delivered by ${order.deliveryMethod}, not collected.`);
}

function refuseUnshippable(order: Order): void {
  const obstacle = obstacleToShipping(order);
  if (obstacle !== undefined) throw notNow(order, obstacle);
}

function notNow({ status }: Order, detail: string): Refusal {
  return new Refusal("illegal_transition", detail, { members: { status_now: status, possible: movesFrom(status, "hand") } });
}

function notShippable(warehouseId: string, lines: readonly NotShippable[]): Refusal {
  const errors = lines.map(({ index, requested, shippable }) => {
    return {
      field: `items[${index}].quantity`,
      message: `${requested} requested, ${shippable} left to ship from ${warehouseId}`,
    };
  });
  const [first] = errors;
  const detail = first ? `${first.field}: ${first.message}.` : `Nothing of the order is left to ship from ${warehouseId}.`;
  return new Refusal("not_shippable", detail, { errors });
}
