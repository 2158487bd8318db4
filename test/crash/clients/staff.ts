import type { Random } from "../../support/random.ts";
import { PLACES, STOCKED } from "./shop.ts";
import { someOrder } from "./shoppers.ts";
import { acceptedOf, type KnownOrder, textIn, type World } from "./workload.ts";

// What the shop's own people do, with the admin's token.

const CURRENCY = "INR";

/** Books units in. */
export function restock(world: World, random: Random): Promise<void> {
  return adjust(world, random, { movement_type: "in", quantity: random.between(4, 16) });
}

/** Books units out. */
export function issue(world: World, random: Random): Promise<void> {
  return adjust(world, random, { movement_type: "out", quantity: random.between(1, 3) });
}

/** States what is on hand, whatever it was. */
export function state(world: World, random: Random): Promise<void> {
  return adjust(world, random, { movement_type: "set", quantity: random.between(5, 30) });
}

async function adjust(world: World, random: Random, what: { movement_type: string; quantity: number }): Promise<void> {
  const { productId, variantId } = random.pick(STOCKED);
  await move(world, random, "PUT", `/api/v1/inventory/products/${productId}/stock`, {
    ...what,
    warehouse_id: random.pick(PLACES),
    variant_id: variantId,
    reason: "By hand",
  });
}

/** Counts a shelf by what was heard of it last, which may be out of date. */
export async function count(world: World, random: Random): Promise<void> {
  const place = { ...random.pick(STOCKED), warehouseId: random.pick(PLACES) };
  const expected = world.onHand.get(`${place.variantId} ${place.warehouseId}`);
  if (expected === undefined) return;
  await move(world, random, "POST", "/api/v1/inventory/counts", {
    product_id: place.productId,
    variant_id: place.variantId,
    warehouse_id: place.warehouseId,
    expected_on_hand: expected,
    counted: Math.max(0, expected + random.between(-2, 2)),
  });
}

/** Writes off what broke. */
export async function damage(world: World, random: Random): Promise<void> {
  const { productId, variantId } = random.pick(STOCKED);
  const body = { product_id: productId, variant_id: variantId, warehouse_id: random.pick(PLACES), quantity: 1, reason: "Broken" };
  await move(world, random, "POST", "/api/v1/inventory/damage", body);
}

async function move(world: World, random: Random, method: "POST" | "PUT", path: string, body: object): Promise<void> {
  const told = { ...body, reference_id: `move ${random.id()}` };
  const entry = await world.ask({ what: "adjust", method, path, asAdmin: true, body: told });
  const moved = acceptedOf(entry)?.body;
  if (moved) world.onHand.set(`${textIn(moved, "variant_id")} ${textIn(moved, "warehouse_id")}`, Number(moved["new_stock"]));
}

/** Sends units from one warehouse to another: of one variant or of several products. */
export async function send(world: World, random: Random): Promise<void> {
  const from = random.pick(PLACES);
  const to = random.pick(PLACES.filter((place) => place !== from));
  const chosen = new Set(Array.from({ length: random.between(1, 3) }, () => random.pick(STOCKED)));
  const lines = [...chosen].map((each) => ({ ...each, quantity: random.between(1, 6) }));
  const entry = await world.ask({
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
  const transferId = textIn(acceptedOf(entry)?.body, "transfer_id");
  if (transferId !== "") world.transfers.push({ transferId, lines });
}

/** Receives some of a transfer, or all that will come. */
export async function receive(world: World, random: Random): Promise<void> {
  if (world.transfers.length === 0) return;
  const { transferId, lines } = random.pick(world.transfers);
  const complete = random.chance(0.3);
  const came = lines.filter(() => random.chance(0.7));
  if (came.length === 0 && !complete) return;
  await world.ask({
    what: "receipt",
    method: "POST",
    path: `/api/v1/inventory/transfers/${transferId}/receipts`,
    asAdmin: true,
    body: {
      complete,
      items: came.map(({ productId, variantId, quantity }) => ({
        product_id: productId,
        variant_id: variantId,
        quantity: random.between(1, quantity),
      })),
    },
  });
}

/** Packs an order, hands it over, or cancels it. */
export async function moveOrder(world: World, random: Random): Promise<void> {
  const order = someOrder(world, random);
  if (!order) return;
  const status = random.pick(["PROCESSING", "PROCESSING", "COMPLETED", "COMPLETED", "CANCELLED"]);
  await world.ask({ what: "move", method: "PUT", path: `/api/v1/orders/${order.orderId}`, asAdmin: true, body: { status } });
}

/** Takes back some of what an order had, in order or damaged. */
export async function takeBack(world: World, random: Random): Promise<void> {
  const order = someOrder(world, random);
  if (!order) return;
  const came = order.lines
    .filter(() => random.chance(0.6))
    .map((line) => ({ ...line, quantity: random.between(1, line.quantity) }));
  if (came.length === 0) return;
  await world.ask({
    what: "return",
    method: "POST",
    path: `/api/v1/orders/${order.orderId}/returns`,
    asAdmin: true,
    body: {
      reason: `return ${random.id()}`,
      items: came.map(({ productId, variantId, quantity }) => {
        return { product_id: productId, variant_id: variantId, quantity, condition: random.chance(0.7) ? "sellable" : "damaged" };
      }),
    },
  });
}

/** Says that an order was paid: in time, late, or for one that is over. */
export async function pay(world: World, random: Random): Promise<void> {
  const order = someOrder(world, random, ({ isCod }) => !isCod);
  if (!order) return;
  await world.ask({
    what: "payment",
    method: "POST",
    path: `/api/v1/orders/${order.orderId}/payment/confirm`,
    asAdmin: true,
    body: { payment_reference: `pay ${random.id()}`, amount: order.total, currency: CURRENCY },
  });
}

/** Gives money back, if there is any. */
export async function refund(world: World, random: Random): Promise<void> {
  const order = someOrder(world, random, ({ isCod }) => !isCod);
  if (!order) return;
  await world.ask({
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
