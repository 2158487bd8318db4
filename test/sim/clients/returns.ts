import { acceptReturn } from "../../../src/orders/returns/accept-return.ts";
import { receiveReturn } from "../../../src/orders/returns/receive-return.ts";
import { rejectReturn, requestReturn } from "../../../src/orders/returns/request-return.ts";
import type { Order } from "../../../src/orders/rules/order.ts";
import { WAREHOUSES } from "../shop.ts";
import { expectRefusal, newKey, sendUntilAnswered, type Simulation } from "./client.ts";
import { asStaff } from "./storekeepers.ts";

/** Some units of a line of an order, or of a component of it. */
function someUnits({ scheduler: { random } }: Simulation, order: Order) {
  const { productId, variantId, quantity } = random.chance(0.7) ? random.pick(order.items) : random.pick(order.allocations);
  return { productId, variantId, quantity: random.between(1, quantity) };
}

/** The warehouse that has the goods, or those that supplied them. */
function somewhere({ scheduler: { random } }: Simulation): string | undefined {
  return random.chance(0.5) ? random.pick(WAREHOUSES).warehouseId : undefined;
}

/** Brings some units of an order back: by staff, or as a request of its customer, which staff receive or reject. */
export async function bringBackSome(sim: Simulation, order: Order): Promise<void> {
  await (sim.scheduler.random.chance(0.6) ? acceptOneReturn(sim, order) : requestOneReturn(sim, order));
}

async function acceptOneReturn(sim: Simulation, order: Order): Promise<void> {
  const { orderId } = order;
  const condition = sim.scheduler.random.chance(0.7) ? ("sellable" as const) : ("damaged" as const);
  const items = [{ ...someUnits(sim, order), condition }];
  const warehouseId = somewhere(sim);
  const keyed = newKey(sim);
  const label = `return ${keyed.id} ${items[0]?.quantity} ${items[0]?.variantId} of ${orderId.slice(0, 8)} to ${warehouseId ?? "its warehouses"}`;
  const reply = await sendUntilAnswered(sim, label, (deps) =>
    acceptReturn(asStaff(deps), keyed, { orderId, items, reason: "broken", warehouseId }),
  );
  if ("refusal" in reply)
    return expectRefusal(sim, label, reply.refusal, ["illegal_transition", "not_returnable", "already_refunded"]);
  sim.scheduler.cover(`return ${condition}`);
  const returnId = `RET${keyed.id}`;
  const came = reply.answer.answer.returns.filter((each) => each.returnId === returnId);
  if (came.some((each) => !order.allocations.some((place) => place.warehouseId === each.warehouseId)))
    sim.scheduler.cover("return to a warehouse that supplied nothing");
  const units = came.reduce((sum, each) => sum + each.quantity, 0);
  sim.acknowledged.returns.push({ orderId, returnId, units, warehouseId });
}

async function requestOneReturn(sim: Simulation, order: Order): Promise<void> {
  const { random } = sim.scheduler;
  const { orderId } = order;
  const items = [someUnits(sim, order)];
  const keyed = newKey(sim);
  const label = `request ${keyed.id} for the return of ${items[0]?.quantity} ${items[0]?.variantId} of ${orderId.slice(0, 8)}`;
  const reply = await sendUntilAnswered(sim, label, (deps) =>
    requestReturn(deps, keyed, { orderId, ownedBy: undefined, items, reason: null }),
  );
  if ("refusal" in reply)
    return expectRefusal(sim, label, reply.refusal, ["illegal_transition", "not_returnable", "already_refunded"]);
  sim.scheduler.cover("return requested");
  const { returnId } = reply.answer.answer;
  sim.acknowledged.requests.push({ orderId, returnId, received: 0, isRejected: false });
  const decisions = Array.from({ length: random.below(3) }, () =>
    random.chance(0.7) ? receiveSome(sim, returnId, order) : rejectOne(sim, returnId, order),
  );
  await Promise.all(decisions);
}

/** Receives all that is left of a request, or one unit of its first variant. */
async function receiveSome(sim: Simulation, returnId: string, { orderId, allocations }: Order): Promise<void> {
  const { random } = sim.scheduler;
  const { productId, variantId } = random.pick(allocations);
  const items = random.chance(0.5) ? undefined : [{ productId, variantId, quantity: 1, condition: "sellable" as const }];
  const warehouseId = somewhere(sim);
  const keyed = newKey(sim);
  const label = `receipt ${keyed.id} of ${returnId} of ${orderId.slice(0, 8)}`;
  const reply = await sendUntilAnswered(sim, label, (deps) =>
    receiveReturn(asStaff(deps), keyed, { orderId, returnId, items, warehouseId }),
  );
  if ("refusal" in reply) {
    if (reply.refusal.code === "return_closed") sim.scheduler.cover("requested return closed meanwhile");
    return expectRefusal(sim, label, reply.refusal, ["return_closed", "not_returnable", "illegal_transition"]);
  }
  sim.scheduler.cover(items ? "requested return received in part" : "requested return received");
  const { order, returns } = reply.answer.answer;
  const came = returns.filter((each) => each.returnId === returnId && each.atMs === order.updatedAtMs);
  const request = sim.acknowledged.requests.find((each) => each.returnId === returnId);
  if (request) request.received += came.reduce((sum, each) => sum + each.quantity, 0);
}

async function rejectOne(sim: Simulation, returnId: string, { orderId }: Order): Promise<void> {
  const keyed = newKey(sim);
  const label = `rejection ${keyed.id} of ${returnId} of ${orderId.slice(0, 8)}`;
  const reply = await sendUntilAnswered(sim, label, (deps) =>
    rejectReturn(asStaff(deps), keyed, { orderId, returnId, reason: "worn" }),
  );
  if ("refusal" in reply) return expectRefusal(sim, label, reply.refusal, ["return_closed"]);
  sim.scheduler.cover("requested return rejected");
  const request = sim.acknowledged.requests.find((each) => each.returnId === returnId);
  if (request) request.isRejected = true;
}
