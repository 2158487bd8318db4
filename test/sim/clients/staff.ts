import { cancelItems } from "../../../src/orders/lifecycle/cancel-items.ts";
import { moveOrder } from "../../../src/orders/lifecycle/move-order.ts";
import { shipOrder } from "../../../src/orders/fulfillment/ship-order.ts";
import type { Order } from "../../../src/orders/rules/order.ts";
import type { OrderStatus } from "../../../src/orders/rules/statuses.ts";
import { confirmPayment } from "../../../src/payments/confirm-payment.ts";
import { refundOrder } from "../../../src/payments/refund-order.ts";
import { expectRefusal, sendUntilAnswered, newKey, pause, type Simulation } from "./client.ts";
import { reportFinding } from "../engine/scheduler.ts";
import { bringBackSome } from "./returns.ts";
import { asStaff, countToZero } from "./storekeepers.ts";

function anyOrder({ scheduler, acknowledged }: Simulation): Order | undefined {
  return acknowledged.orders.length > 0 ? scheduler.random.pick(acknowledged.orders) : undefined;
}

/** Moves a random order to a status, whatever its status is by then. */
export async function moveAnyOrder(sim: Simulation, to: OrderStatus): Promise<void> {
  const order = anyOrder(sim);
  if (order) await moveOneOrder(sim, order, to);
}

async function moveOneOrder(sim: Simulation, { orderId }: Order, to: OrderStatus): Promise<void> {
  const keyed = newKey(sim);
  const label = `${to} ${keyed.id} of ${orderId.slice(0, 8)}`;
  const reply = await sendUntilAnswered(sim, label, (deps) => moveOrder(asStaff(deps), keyed, { orderId, to, note: null }));
  if ("refusal" in reply) return expectRefusal(sim, label, reply.refusal, ["illegal_transition", "order_short"]);
  sim.scheduler.cover(`order ${to}`);
  sim.acknowledged.moves.push({ orderId, to, keyId: keyed.id });
}

/** Confirms the payment of an order, at once or around the end of its payment window. */
export async function pay(sim: Simulation): Promise<void> {
  const { random } = sim.scheduler;
  const unpaid = sim.acknowledged.orders.filter(({ paymentStatus }) => paymentStatus === "pending");
  const order = unpaid.length > 0 ? random.pick(unpaid) : anyOrder(sim);
  if (!order) return;
  if (random.chance(0.5)) {
    await pause(sim, Math.max((order.paymentDueAtMs ?? 0) - sim.scheduler.nowMs, 0) + random.below(300_000));
    if (random.chance(0.3)) await Promise.all(order.allocations.map((place) => countToZero(sim, place)));
  }
  const keyed = newKey(sim);
  const { orderId, totalMinor: amountMinor, currency } = order;
  const payment = { orderId, reference: `money ${keyed.id}`, amountMinor, currency };
  const label = `payment ${keyed.id} of ${orderId.slice(0, 8)}`;
  const isKeyed = random.chance(0.5);
  const reply = await sendUntilAnswered(sim, label, (deps) =>
    confirmPayment(asStaff(deps), isKeyed ? keyed : undefined, payment),
  );
  if ("refusal" in reply) {
    sim.acknowledged.refusedPayments.push({ orderId, reference: payment.reference });
    return expectRefusal(sim, label, reply.refusal, ["already_paid", "payment_mismatch", "payment_not_due"]);
  }
  sim.scheduler.cover("order paid");
  sim.acknowledged.payments.push({ orderId, reference: payment.reference, amountMinor });
}

/** Refunds an order, in full or in part. */
export async function refund(sim: Simulation, order = anyOrder(sim)): Promise<void> {
  if (!order) return;
  const { orderId } = order;
  const amountMinor = sim.scheduler.random.pick([order.totalMinor, 100]);
  const keyed = newKey(sim);
  const label = `refund ${keyed.id} ${amountMinor} of ${orderId.slice(0, 8)}`;
  const disputes = () =>
    sim.acknowledged.stripePayments.flatMap((each) => (each.orderId === orderId ? (each.dispute ?? []) : []));
  const hadEnded = disputes().some((each) => each.isEndTold);
  const wasOpen = disputes().some((each) => each.isOpenTold && !each.isEndSent);
  const reply = await sendUntilAnswered(sim, label, (deps) =>
    refundOrder(asStaff(deps), keyed, { orderId, amountMinor, reason: "sorry" }),
  );
  const canBeOpen = !hadEnded && disputes().some((each) => each.isOpenSent);
  const refundId = `REF${keyed.id}`;
  if ("refusal" in reply) {
    sim.acknowledged.refusedRefunds.push({ orderId, refundId });
    return expectRefusal(sim, label, reply.refusal, canBeOpen ? ["more_than_paid", "dispute_open"] : ["more_than_paid"]);
  }
  const isStillOpen = wasOpen && disputes().some((each) => !each.isEndSent);
  if (isStillOpen) reportFinding(sim.scheduler, `${label} was made while its payment was disputed`);
  sim.scheduler.cover("money refunded");
  sim.acknowledged.refunds.push({ orderId, refundId, amountMinor });
}

/** Processes an order, ships parts of it and accepts up to two returns at once; other clients may do the same with it. */
export async function fulfil(sim: Simulation, order = anyOrder(sim)): Promise<void> {
  if (!order) return;
  if (sim.scheduler.random.chance(0.6)) await moveOneOrder(sim, order, "PROCESSING");
  const parcels = sim.scheduler.random.below(3);
  await Promise.all(Array.from({ length: parcels }, () => shipOnce(sim, order)));
  if (sim.scheduler.random.chance(0.4)) await moveOneOrder(sim, order, "COMPLETED");
  const returns = sim.scheduler.random.below(3);
  await Promise.all(Array.from({ length: returns }, () => bringBackSome(sim, order)));
}

/** Cancels some units of a line, or all that has not left. */
export async function cancelSome(sim: Simulation, order = anyOrder(sim)): Promise<void> {
  if (!order) return;
  const { random } = sim.scheduler;
  const { orderId } = order;
  const { lineNo, quantity } = random.pick(order.items);
  const items = random.chance(0.8) ? [{ lineNo, quantity: random.between(1, quantity) }] : undefined;
  const keyed = newKey(sim);
  const label = `cancellation ${keyed.id} of ${items ? items[0]?.quantity : "the rest"} of ${orderId.slice(0, 8)}`;
  const reply = await sendUntilAnswered(sim, label, (deps) =>
    cancelItems(asStaff(deps), keyed, { orderId, items, reason: null, ownedBy: undefined }),
  );
  if ("refusal" in reply) return expectRefusal(sim, label, reply.refusal, ["illegal_transition", "not_cancellable"]);
  const { order: after, cancellations } = reply.answer.answer;
  sim.scheduler.cover(`cancelled in part: ${after.status}`);
  const own = cancellations.find(({ cancellationId }) => cancellationId === `CAN${keyed.id}`);
  const units = own?.items.reduce((sum, each) => sum + each.quantity, 0);
  if (units !== undefined) sim.acknowledged.cancellations.push({ orderId, cancellationId: `CAN${keyed.id}`, units });
  else sim.acknowledged.moves.push({ orderId, to: "CANCELLED", keyId: keyed.id });
}

/** Ships all that a warehouse supplies, or a part of one line. */
async function shipOnce(sim: Simulation, { orderId, allocations }: Order): Promise<void> {
  const { random } = sim.scheduler;
  const { lineNo, variantId, warehouseId, quantity } = random.pick(allocations);
  const items = random.chance(0.5) ? undefined : [{ lineNo, variantId, quantity: random.between(1, quantity) }];
  const keyed = newKey(sim);
  const label = `shipment ${keyed.id} from ${warehouseId} of ${orderId.slice(0, 8)}`;
  const parcel = { carrier: null, trackingNumber: null, trackingUrl: null };
  const reply = await sendUntilAnswered(sim, label, (deps) =>
    shipOrder(asStaff(deps), keyed, { orderId, warehouseId, items, ...parcel }),
  );
  if ("refusal" in reply) return expectRefusal(sim, label, reply.refusal, ["illegal_transition", "not_shippable", "order_short"]);
  const { shipment, order } = reply.answer.answer;
  sim.scheduler.cover(order.status === "COMPLETED" ? "the last shipment" : "a shipment of a part");
  const units = shipment.items.reduce((sum, each) => sum + each.quantity, 0);
  sim.acknowledged.shipments.push({ orderId, shipmentId: shipment.shipmentId, units });
}
