import type { Placed } from "../../../src/orders/placement/answer.ts";
import { placeOrder } from "../../../src/orders/placement/place-order.ts";
import type { Buyer, OrderRequest } from "../../../src/orders/placement/quote.ts";
import { type Answered, expectCode, insist, newKey, once, pause, type Sim } from "./client.ts";
import { PROMO_CODE, SOLD, WAREHOUSES } from "../shop.ts";
import { report } from "../engine/scheduler.ts";

const MAX_LINES = 3;
const RUSHING = 4;

/** How many of something are asked for: mostly few, so that there is something to be had. */
export function unitsOf({ world }: Sim): number {
  return Number(world.chance.weighed({ 1: 6, 2: 3, 3: 1 }));
}

/** Who buys and where it goes: what decides which warehouses may supply. */
export function buyerOf({ world }: Sim): Buyer {
  const { chance } = world;
  const prefix = chance.pick(WAREHOUSES).prefix;
  return {
    customerName: "Asha",
    customerEmail: null,
    customerPhone: null,
    deliveryAddress: null,
    postalCode: chance.is(0.8) ? `${prefix}60001` : null,
    country: chance.is(0.85) ? "IN" : "NP",
    deliveryMethod: chance.is(0.1) ? "self_service" : "curbside",
    paymentMethod: chance.is(0.5) ? "cod" : "card",
    notes: null,
    promoCode: chance.is(0.3) ? PROMO_CODE : null,
    policy: chance.is(0.2) ? chance.pick(["nearest", "single"] as const) : undefined,
    userId: null,
    tier: null,
    expectedMinor: undefined,
    edge: undefined,
  };
}

function orderOf(sim: Sim): OrderRequest {
  const { chance } = sim.world;
  const lines = Array.from({ length: chance.below(MAX_LINES) + 1 }, () => {
    return { variantId: chance.pick(SOLD), quantity: unitsOf(sim) };
  });
  return { ...buyerOf(sim), items: lines };
}

/** Places an order of a shopper. */
export function place(sim: Sim): Promise<void> {
  return placeSome(sim, orderOf(sim));
}

/** Several shoppers buy the same at once, as on a sale day. */
export async function rush(sim: Sim): Promise<void> {
  const items = [{ variantId: sim.world.chance.pick(SOLD), quantity: 1 }];
  const orders = Array.from({ length: RUSHING }, () => ({ ...orderOf(sim), items, paymentMethod: "cod" as const }));
  await Promise.all(orders.map((order) => placeSome(sim, order)));
}

/** With a key and until it is answered, or without one and once; or twice at once under one key. */
async function placeSome(sim: Sim, order: OrderRequest): Promise<void> {
  if (sim.world.chance.is(0.25)) {
    const words = `order ${brief(order)}`;
    const heard = await once(sim, words, (deps) => placeOrder(deps, order, undefined));
    if (heard) hearOrder(sim, words, heard, undefined);
    else sim.world.met("order without key of which nobody knows");
    return;
  }
  const keyed = newKey(sim);
  const words = `order ${keyed.id} ${brief(order)}`;
  const insistent = () => insist(sim, words, (deps) => placeOrder(deps, order, keyed));
  const isTwice = sim.world.chance.is(0.25);
  const heard = await Promise.all(isTwice ? [insistent(), insistent()] : [insistent()]);
  if (sim.world.chance.is(0.2)) {
    await pause(sim, sim.world.chance.pick([0, 1_000, 150_000]));
    heard.push(await insistent());
  }
  for (const each of heard) hearOrder(sim, words, each, `ORD${keyed.id}`);
  if (new Set(heard.map((each) => "answer" in each)).size > 1) report(sim.world, `${words} was placed and refused`);
  const fresh = heard.filter((each) => "answer" in each && !each.answer.replayed);
  if (fresh.length > 1) report(sim.world, `${words} was placed anew ${fresh.length} times`);
}

/** Notes what was said of an order. @param orderId known where it has a key */
export function hearOrder(sim: Sim, words: string, heard: Answered<Placed>, orderId: string | undefined): void {
  const { told, world } = sim;
  if ("answer" in heard) {
    const { order, replayed } = heard.answer;
    world.met(replayed ? "order replayed" : "order placed");
    if (new Set(order.allocations.map(({ warehouseId }) => warehouseId)).size > 1) world.met("order split over warehouses");
    if (!told.orders.some((known) => known.orderId === order.orderId)) told.orders.push(order);
    return;
  }
  const { refusal } = heard;
  expectCode(sim, words, refusal, ["insufficient_stock", "total_changed"]);
  const named = refusal.members.order_id;
  const refusedId = orderId ?? (typeof named === "string" ? named : undefined);
  if (refusedId !== undefined) told.noOrders.push(refusedId);
}

function brief({ items, paymentMethod, country }: OrderRequest): string {
  const lines = items.map((line) => `${line.quantity} ${"variantId" in line ? line.variantId : ""}`);
  return `${lines.join(" + ")} ${paymentMethod} ${country}`;
}
