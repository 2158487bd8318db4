import { reopenOrder } from "../../../src/orders/placement/reopen-order.ts";
import type { OrderStatus } from "../../../src/orders/rules/statuses.ts";
import { expectRefusal, newKey, sendUntilAnswered, type Simulation } from "./client.ts";
import { moveAnyOrder, pay } from "./staff.ts";
import { asStaff } from "./storekeepers.ts";

/** Reopens an order that ended (S4): sometimes twice at once, or while it is paid late; ends one where none has. */
export async function reopenAny(sim: Simulation): Promise<void> {
  const { random } = sim.scheduler;
  const ended = endedOrders(sim);
  if (ended.length === 0) await moveAnyOrder(sim, "CANCELLED");
  const [order] = ended.length > 0 ? [random.pick(ended)] : endedOrders(sim);
  if (!order) return;
  const other = random.weighted({ nothing: 6, reopen: 2, pay: 2 });
  const beside = other === "reopen" ? [reopenOne(sim, order)] : other === "pay" ? [pay(sim)] : [];
  await Promise.all([reopenOne(sim, order), ...beside]);
}

interface EndedOrder {
  orderId: string;
  status: OrderStatus;
}

function endedOrders({ d1, acknowledged }: Simulation): EndedOrder[] {
  const { rows } = d1.run(
    "SELECT order_id AS orderId, status FROM orders WHERE status IN ('CANCELLED', 'EXPIRED') ORDER BY order_id",
    [],
  );
  const known = new Set(acknowledged.orders.map(({ orderId }) => orderId));
  return (rows as unknown as EndedOrder[]).filter(({ orderId }) => known.has(orderId));
}

async function reopenOne(sim: Simulation, { orderId, status }: EndedOrder): Promise<void> {
  const keyed = newKey(sim);
  const label = `reopening ${keyed.id} of ${orderId.slice(0, 8)}`;
  const reply = await sendUntilAnswered(sim, label, (deps) => reopenOrder(asStaff(deps), keyed, { orderId, note: null }));
  if ("refusal" in reply) {
    if (reply.refusal.code === "insufficient_stock") sim.scheduler.cover("not reopened: short");
    return expectRefusal(sim, label, reply.refusal, ["illegal_transition", "not_reopenable", "insufficient_stock"]);
  }
  sim.scheduler.cover(`reopened: ${status}`);
  sim.acknowledged.reopenings.push({ orderId, keyId: keyed.id });
}
