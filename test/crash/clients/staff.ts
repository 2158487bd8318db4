import type { Random } from "../../support/random.ts";
import { WAREHOUSE_IDS, STOCKED } from "./shop.ts";
import { someOrder } from "./shoppers.ts";
import { acceptedAnswer, type KnownOrder, textField, type Workload } from "./workload.ts";

// The actions of the shop's staff, with the admin token.

const CURRENCY = "INR";

/** Receives units. */
export function restock(workload: Workload, random: Random): Promise<void> {
  return adjust(workload, random, { movement_type: "in", quantity: random.between(4, 16) });
}

/** Issues units. */
export function issue(workload: Workload, random: Random): Promise<void> {
  return adjust(workload, random, { movement_type: "out", quantity: random.between(1, 3) });
}

/** Sets the on-hand quantity, whatever it was. */
export function setStock(workload: Workload, random: Random): Promise<void> {
  return adjust(workload, random, { movement_type: "set", quantity: random.between(5, 30) });
}

async function adjust(workload: Workload, random: Random, what: { movement_type: string; quantity: number }): Promise<void> {
  const { productId, variantId } = random.pick(STOCKED);
  await adjustAndRemember(workload, random, "PUT", `/api/v1/inventory/products/${productId}/stock`, {
    ...what,
    warehouse_id: random.pick(WAREHOUSE_IDS),
    variant_id: variantId,
    reason: "By hand",
  });
}

/** Counts stock with the last known quantity as the expected one, which may be outdated. */
export async function countStock(workload: Workload, random: Random): Promise<void> {
  const place = { ...random.pick(STOCKED), warehouseId: random.pick(WAREHOUSE_IDS) };
  const expected = workload.onHand.get(`${place.variantId} ${place.warehouseId}`);
  if (expected === undefined) return;
  await adjustAndRemember(workload, random, "POST", "/api/v1/inventory/counts", {
    product_id: place.productId,
    variant_id: place.variantId,
    warehouse_id: place.warehouseId,
    expected_on_hand: expected,
    counted: Math.max(0, expected + random.between(-2, 2)),
  });
}

/** Writes off a damaged unit. */
export async function damage(workload: Workload, random: Random): Promise<void> {
  const { productId, variantId } = random.pick(STOCKED);
  const body = {
    product_id: productId,
    variant_id: variantId,
    warehouse_id: random.pick(WAREHOUSE_IDS),
    quantity: 1,
    reason: "Broken",
  };
  await adjustAndRemember(workload, random, "POST", "/api/v1/inventory/damage", body);
}

async function adjustAndRemember(
  workload: Workload,
  random: Random,
  method: "POST" | "PUT",
  path: string,
  body: object,
): Promise<void> {
  const request = { ...body, reference_id: `move ${random.id()}` };
  const entry = await workload.send({ what: "adjust", method, path, asAdmin: true, body: request });
  const moved = acceptedAnswer(entry)?.body;
  if (moved)
    workload.onHand.set(`${textField(moved, "variant_id")} ${textField(moved, "warehouse_id")}`, Number(moved["new_stock"]));
}

/** Transfers units of one to three variants to another warehouse. */
export async function transfer(workload: Workload, random: Random): Promise<void> {
  const from = random.pick(WAREHOUSE_IDS);
  const to = random.pick(WAREHOUSE_IDS.filter((warehouseId) => warehouseId !== from));
  const chosen = new Set(Array.from({ length: random.between(1, 3) }, () => random.pick(STOCKED)));
  const lines = [...chosen].map((each) => ({ ...each, quantity: random.between(1, 6) }));
  const entry = await workload.send({
    what: "transfer",
    method: "POST",
    path: "/api/v1/inventory/transfers",
    asAdmin: true,
    body: {
      from_warehouse_id: from,
      to_warehouse_id: to,
      reference_id: `transfer ${random.id()}`,
      items: lines.map(({ productId, variantId, quantity }) => ({ product_id: productId, variant_id: variantId, quantity })),
    },
  });
  const transferId = textField(acceptedAnswer(entry)?.body, "transfer_id");
  if (transferId !== "") workload.transfers.push({ transferId, lines });
}

/** Receives a part of a transfer, or closes it with what arrived. */
export async function receive(workload: Workload, random: Random): Promise<void> {
  if (workload.transfers.length === 0) return;
  const { transferId, lines } = random.pick(workload.transfers);
  const complete = random.chance(0.3);
  const arrived = lines.filter(() => random.chance(0.7));
  if (arrived.length === 0 && !complete) return;
  await workload.send({
    what: "receipt",
    method: "POST",
    path: `/api/v1/inventory/transfers/${transferId}/receipts`,
    asAdmin: true,
    body: {
      complete,
      items: arrived.map(({ productId, variantId, quantity }) => ({
        product_id: productId,
        variant_id: variantId,
        quantity: random.between(1, quantity),
      })),
    },
  });
}

/** Recalls what was not received of a transfer. */
export async function recall(workload: Workload, random: Random): Promise<void> {
  if (workload.transfers.length === 0) return;
  const { transferId } = random.pick(workload.transfers);
  const path = `/api/v1/inventory/transfers/${transferId}/recall`;
  await workload.send({ what: "recall", method: "POST", path, asAdmin: true, body: {} });
}

/** Moves an order to PROCESSING, COMPLETED or CANCELLED. */
export async function moveOrder(workload: Workload, random: Random): Promise<void> {
  const order = someOrder(workload, random);
  if (!order) return;
  const status = random.pick(["PROCESSING", "PROCESSING", "COMPLETED", "COMPLETED", "CANCELLED"]);
  await workload.send({ what: "move", method: "PUT", path: `/api/v1/orders/${order.orderId}`, asAdmin: true, body: { status } });
}

/** Ships what a warehouse has left of an order. */
export async function shipOrder(workload: Workload, random: Random): Promise<void> {
  const order = someOrder(workload, random);
  if (!order) return;
  await workload.send({
    what: "shipment",
    method: "POST",
    path: `/api/v1/orders/${order.orderId}/shipments`,
    asAdmin: true,
    body: { warehouse_id: random.pick(WAREHOUSE_IDS), tracking_number: `parcel ${random.id()}` },
  });
}

/** Accepts a return of some units of an order, sellable or damaged. */
export async function acceptReturn(workload: Workload, random: Random): Promise<void> {
  const order = someOrder(workload, random);
  if (!order) return;
  const some = order.lines.filter(() => random.chance(0.6));
  const returned = some.map((line) => ({ ...line, quantity: random.between(1, line.quantity) }));
  if (returned.length === 0) return;
  await workload.send({
    what: "return",
    method: "POST",
    path: `/api/v1/orders/${order.orderId}/returns`,
    asAdmin: true,
    body: {
      reason: `return ${random.id()}`,
      ...(random.chance(0.5) ? { warehouse_id: random.pick(WAREHOUSE_IDS) } : {}),
      items: returned.map(({ productId: product_id, variantId: variant_id, quantity }) => {
        return { product_id, variant_id, quantity, condition: random.chance(0.7) ? "sellable" : "damaged" };
      }),
    },
  });
}

/** Confirms the payment of an order: in time, late, or after it has ended. */
export async function pay(workload: Workload, random: Random): Promise<void> {
  const order = someOrder(workload, random, ({ isCod }) => !isCod);
  if (!order) return;
  await workload.send({
    what: "payment",
    method: "POST",
    path: `/api/v1/orders/${order.orderId}/payment/confirm`,
    asAdmin: true,
    body: { payment_reference: `pay ${random.id()}`, amount: order.total, currency: CURRENCY },
  });
}

/** Refunds an order, in full or in part. */
export async function refund(workload: Workload, random: Random): Promise<void> {
  const order = someOrder(workload, random, ({ isCod }) => !isCod);
  if (!order) return;
  await workload.send({
    what: "refund",
    method: "POST",
    path: `/api/v1/orders/${order.orderId}/refunds`,
    asAdmin: true,
    body: { amount: refundOf(order, random), reason: `refund ${random.id()}` },
  });
}

function refundOf({ total }: KnownOrder, random: Random): number {
  return random.chance(0.5) ? total : Math.ceil((total * 100) / 3) / 100;
}
