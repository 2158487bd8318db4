import type { Deps } from "../../../src/deps.ts";
import type { Placed } from "../../../src/orders/placement/attempt.ts";
import { placeOrder } from "../../../src/orders/placement/place-order.ts";
import type { Buyer, OrderRequest } from "../../../src/orders/rules/order-request.ts";
import { type Answered, expectRefusal, sendUntilAnswered, newKey, sendOnce, pause, type Simulation } from "./client.ts";
import { PROMO_CODE, SOLD, WAREHOUSES } from "../shop.ts";
import { reportFinding } from "../engine/scheduler.ts";

const MAX_LINES = 3;
const RUSH_SIZE = 4;

/** Draws the quantity of a line: mostly one, so that stock lasts. */
export function drawQuantity({ scheduler }: Simulation): number {
  return Number(scheduler.random.weighted({ 1: 6, 2: 3, 3: 1 }));
}

/** Draws a buyer and their address, which decide the warehouses that may supply the order. */
export function drawBuyer({ scheduler }: Simulation): Buyer {
  const { random } = scheduler;
  const prefix = random.pick(WAREHOUSES).prefix;
  return {
    customerName: "Asha",
    customerEmail: null,
    customerPhone: null,
    deliveryAddress: null,
    address: null,
    postalCode: random.chance(0.8) ? `${prefix}60001` : null,
    country: random.chance(0.85) ? "IN" : "NP",
    deliveryMethod: random.chance(0.1) ? "self_service" : "curbside",
    paymentMethod: random.chance(0.5) ? "cod" : "card",
    notes: null,
    promoCode: random.chance(0.3) ? PROMO_CODE : null,
    policy: random.chance(0.2) ? random.pick(["nearest", "single"] as const) : undefined,
    userId: null,
    tier: null,
    expectedMinor: undefined,
    edge: undefined,
  };
}

function drawOrder(sim: Simulation): OrderRequest {
  const { random } = sim.scheduler;
  const lines = Array.from({ length: random.below(MAX_LINES) + 1 }, () => {
    return { variantId: random.pick(SOLD), quantity: drawQuantity(sim) };
  });
  return { ...drawBuyer(sim), items: lines };
}

/** Places a random order. */
export function place(sim: Simulation): Promise<void> {
  return placeOne(sim, drawOrder(sim));
}

/** Several shoppers buy the same product at once, as on a sale day. */
export async function rush(sim: Simulation): Promise<void> {
  const items = [{ variantId: sim.scheduler.random.pick(SOLD), quantity: 1 }];
  const orders = Array.from({ length: RUSH_SIZE }, () => ({ ...drawOrder(sim), items, paymentMethod: "cod" as const }));
  await Promise.all(orders.map((order) => placeOne(sim, order)));
}

/** Those who give no postal code are one client, whose unpaid holds have a ceiling. */
function asClient(deps: Deps, { postalCode }: OrderRequest): Deps {
  return postalCode === null ? { ...deps, holdShare: { client: "one client", percent: 50 } } : deps;
}

/** Sends an order once without a key, or with a key until it is answered, sometimes twice at once. */
async function placeOne(sim: Simulation, order: OrderRequest): Promise<void> {
  if (sim.scheduler.random.chance(0.25)) {
    const label = `order ${brief(order)}`;
    const reply = await sendOnce(sim, label, (deps) => placeOrder(asClient(deps, order), order, undefined));
    if (reply) recordPlacement(sim, label, reply, undefined);
    else sim.scheduler.cover("keyless order with unknown outcome");
    return;
  }
  const keyed = newKey(sim);
  const label = `order ${keyed.id} ${brief(order)}`;
  const send = () => sendUntilAnswered(sim, label, (deps) => placeOrder(asClient(deps, order), order, keyed));
  const isTwice = sim.scheduler.random.chance(0.25);
  const replies = await Promise.all(isTwice ? [send(), send()] : [send()]);
  if (sim.scheduler.random.chance(0.2)) {
    await pause(sim, sim.scheduler.random.pick([0, 1_000, 150_000]));
    replies.push(await send());
  }
  for (const each of replies) recordPlacement(sim, label, each, `ORD${keyed.id}`);
  if (new Set(replies.map((each) => "answer" in each)).size > 1) reportFinding(sim.scheduler, `${label} was placed and refused`);
  const first = replies.filter((each) => "answer" in each && !each.answer.replayed);
  if (first.length > 1) reportFinding(sim.scheduler, `${label} was placed for the first time ${first.length} times`);
}

/** Records the result of a placement. @param orderId known where the request had a key */
export function recordPlacement(sim: Simulation, label: string, reply: Answered<Placed>, orderId: string | undefined): void {
  const { acknowledged, scheduler } = sim;
  if ("answer" in reply) {
    const { order, replayed } = reply.answer;
    scheduler.cover(replayed ? "order replayed" : "order placed");
    if (new Set(order.allocations.map(({ warehouseId }) => warehouseId)).size > 1) scheduler.cover("order split over warehouses");
    if (!acknowledged.orders.some((known) => known.orderId === order.orderId)) acknowledged.orders.push(order);
    return;
  }
  const { refusal } = reply;
  expectRefusal(sim, label, refusal, ["insufficient_stock", "total_changed", "hold_share_exceeded"]);
  const named = refusal.members.order_id;
  const refusedId = orderId ?? (typeof named === "string" ? named : undefined);
  if (refusedId !== undefined) acknowledged.refusedOrders.push(refusedId);
}

function brief({ items, paymentMethod, country }: OrderRequest): string {
  const lines = items.map((line) => `${line.quantity} ${"variantId" in line ? line.variantId : ""}`);
  return `${lines.join(" + ")} ${paymentMethod} ${country}`;
}
