import { acceptReturn } from "../../../src/orders/lifecycle/accept-return.ts";
import { moveOrder } from "../../../src/orders/lifecycle/move-order.ts";
import type { Order } from "../../../src/orders/rules/order.ts";
import type { OrderStatus } from "../../../src/orders/rules/statuses.ts";
import { confirmPayment } from "../../../src/payments/confirm-payment.ts";
import { refundOrder } from "../../../src/payments/refund-order.ts";
import { expectCode, insist, newKey, pause, type Sim } from "./client.ts";
import { asStaff, findEmpty } from "./storekeepers.ts";

function anyOrder({ world, told }: Sim): Order | undefined {
  return told.orders.length > 0 ? world.chance.pick(told.orders) : undefined;
}

/** Moves an order by hand, wherever it may be by then. */
export async function move(sim: Sim, to: OrderStatus): Promise<void> {
  const order = anyOrder(sim);
  if (order) await moveOne(sim, order, to);
}

async function moveOne(sim: Sim, { orderId }: Order, to: OrderStatus): Promise<void> {
  const keyed = newKey(sim);
  const words = `${to} ${keyed.id} of ${orderId.slice(0, 8)}`;
  const heard = await insist(sim, words, (deps) => moveOrder(asStaff(deps), keyed, { orderId, to, note: null }));
  if ("refusal" in heard) return expectCode(sim, words, heard.refusal, ["illegal_transition"]);
  sim.world.met(`order ${to}`);
  sim.told.moves.push({ orderId, to, keyId: keyed.id });
}

/** Confirms that an order was paid: at once, or when its window is over. */
export async function pay(sim: Sim): Promise<void> {
  const { chance } = sim.world;
  const unpaid = sim.told.orders.filter(({ paymentStatus }) => paymentStatus === "pending");
  const order = unpaid.length > 0 ? chance.pick(unpaid) : anyOrder(sim);
  if (!order) return;
  if (chance.is(0.5)) {
    await pause(sim, Math.max((order.paymentDueAtMs ?? 0) - sim.world.nowMs, 0) + chance.below(300_000));
    if (chance.is(0.3)) await Promise.all(order.allocations.map((place) => findEmpty(sim, place)));
  }
  const keyed = newKey(sim);
  const { orderId, totalMinor: amountMinor, currency } = order;
  const payment = { orderId, reference: `money ${keyed.id}`, amountMinor, currency };
  const words = `payment ${keyed.id} of ${orderId.slice(0, 8)}`;
  const isKeyed = chance.is(0.5);
  const heard = await insist(sim, words, (deps) => confirmPayment(asStaff(deps), isKeyed ? keyed : undefined, payment));
  if ("refusal" in heard) return expectCode(sim, words, heard.refusal, ["already_paid", "payment_mismatch"]);
  sim.world.met("order paid");
  sim.told.payments.push({ orderId, reference: payment.reference, amountMinor });
}

/** Gives back some of the money of an order. */
export async function refund(sim: Sim): Promise<void> {
  const order = anyOrder(sim);
  if (!order) return;
  const { orderId } = order;
  const amountMinor = sim.world.chance.pick([order.totalMinor, 100]);
  const keyed = newKey(sim);
  const words = `refund ${keyed.id} ${amountMinor} of ${orderId.slice(0, 8)}`;
  const heard = await insist(sim, words, (deps) => refundOrder(asStaff(deps), keyed, { orderId, amountMinor, reason: "sorry" }));
  if ("refusal" in heard) return expectCode(sim, words, heard.refusal, ["more_than_paid"]);
  sim.world.met("money refunded");
  sim.told.refunds.push({ orderId, refundId: `REF${keyed.id}`, amountMinor });
}

/** Hands an order over and takes some of it back; somebody else may do the same with it. */
export async function handOver(sim: Sim): Promise<void> {
  const order = anyOrder(sim);
  if (!order) return;
  await moveOne(sim, order, "PROCESSING");
  if (sim.world.chance.is(0.4)) await moveOne(sim, order, "COMPLETED");
  const returns = sim.world.chance.below(3);
  await Promise.all(Array.from({ length: returns }, () => takeBack(sim, order)));
}

async function takeBack(sim: Sim, order: Order): Promise<void> {
  const { chance } = sim.world;
  const { orderId } = order;
  const { productId, variantId, quantity } = chance.is(0.7) ? chance.pick(order.items) : chance.pick(order.allocations);
  const condition = chance.is(0.7) ? ("sellable" as const) : ("damaged" as const);
  const items = [{ productId, variantId, quantity: chance.between(1, quantity), condition }];
  const keyed = newKey(sim);
  const words = `return ${keyed.id} ${items[0]?.quantity} ${variantId} of ${orderId.slice(0, 8)}`;
  const heard = await insist(sim, words, (deps) => acceptReturn(asStaff(deps), keyed, { orderId, items, reason: "broken" }));
  if ("refusal" in heard) return expectCode(sim, words, heard.refusal, ["illegal_transition", "not_returnable"]);
  sim.world.met(`return ${condition}`);
  const returnId = `RET${keyed.id}`;
  const came = heard.answer.answer.returns.filter((each) => each.returnId === returnId);
  sim.told.returns.push({ orderId, returnId, units: came.reduce((sum, each) => sum + each.quantity, 0) });
}
