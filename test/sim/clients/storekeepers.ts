import type { Deps } from "../../../src/deps.ts";
import { allocateShort } from "../../../src/orders/fulfillment/allocate-short.ts";
import { adjustStock, type AdjustRequest } from "../../../src/stock/adjustments/adjust-stock.ts";
import { createTransfer } from "../../../src/stock/transfers/create-transfer.ts";
import { recallTransfer } from "../../../src/stock/transfers/recall-transfer.ts";
import { receiveTransfer } from "../../../src/stock/transfers/receive-transfer.ts";
import { expectRefusal, sendUntilAnswered, newKey, type Simulation } from "./client.ts";
import { STOCKED, type Stocked, WAREHOUSES } from "../shop.ts";

const BY = { actor: "user:staff", isAudited: true, requestId: "request" };

/** The deps of a staff member's request. */
export function asStaff(deps: Deps): Deps {
  return { ...deps, by: BY };
}

/** Books a random adjustment: units received, damaged, issued or counted. */
export async function adjust(sim: Simulation): Promise<void> {
  const { random } = sim.scheduler;
  const kind = random.weighted({ receive: 3, damage: 2, issue: 1, count: 2 });
  if ((kind === "count" || kind === "damage") && random.chance(0.6)) return takePromised(sim, kind);
  const { productId, variantId } = random.pick(STOCKED);
  const { warehouseId } = random.pick(WAREHOUSES);
  const expectedOnHand = kind === "count" && random.chance(0.5) ? random.below(4) : undefined;
  const quantity = kind === "count" ? random.below(5) : random.between(1, 2);
  await book(sim, { kind, productId, variantId, warehouseId, quantity, expectedOnHand });
}

/** Finds fewer units, or damages some, where an order is supplied from. */
async function takePromised(sim: Simulation, kind: "count" | "damage"): Promise<void> {
  const { random } = sim.scheduler;
  const { orders } = sim.acknowledged;
  if (orders.length === 0) return;
  const { productId, variantId, warehouseId, quantity: bought } = random.pick(random.pick(orders).allocations);
  const quantity = kind === "count" ? random.below(bought + 1) : random.between(1, 2);
  const onShortage = "keep_oldest" as const;
  await book(sim, { kind, productId, variantId, warehouseId, quantity, expectedOnHand: undefined, onShortage });
  const short = sim.d1.run("SELECT order_id AS orderId FROM orders WHERE stock_short = 1").rows;
  await Promise.all(short.filter(() => random.chance(0.7)).map(({ orderId }) => allocate(sim, String(orderId))));
}

/** Allocates units to an order that is short, from where it was to get them or from another warehouse. */
async function allocate(sim: Simulation, orderId: string): Promise<void> {
  const { random } = sim.scheduler;
  const warehouseId = random.chance(0.5) ? random.pick(WAREHOUSES).warehouseId : undefined;
  const keyed = newKey(sim);
  const label = `allocation ${keyed.id} from ${warehouseId ?? "its warehouses"} to ${orderId.slice(0, 8)}`;
  const reply = await sendUntilAnswered(sim, label, (deps) => allocateShort(asStaff(deps), keyed, { orderId, warehouseId }));
  if ("refusal" in reply) return expectRefusal(sim, label, reply.refusal, ["illegal_transition", "order_short"]);
  const has = (what: string) => reply.answer.answer.events.some((event) => event.what === what);
  if (has("allocated")) sim.scheduler.cover("allocated to an order that was short");
}

/** Counts a warehouse's stock of a variant as zero. */
export async function countToZero(
  sim: Simulation,
  { productId, variantId, warehouseId }: Stocked & { warehouseId: string },
): Promise<void> {
  await book(sim, { kind: "count", productId, variantId, warehouseId, quantity: 0, expectedOnHand: undefined });
}

async function book(sim: Simulation, change: Omit<AdjustRequest, "reason" | "externalReference">): Promise<void> {
  const { kind, productId, variantId, warehouseId, quantity } = change;
  const pending = sim.d1.run("SELECT 1 FROM stock_actions WHERE kind = 'ship' AND instr(lines, ?) > 0", [`"${productId}"`]).rows;
  if (kind === "count" && pending.length > 0) sim.scheduler.cover("count while a shipment is pending");
  const keyed = newKey(sim);
  const label = `${kind} ${keyed.id} ${quantity} ${variantId} in ${warehouseId}${change.onShortage ? ", at any cost" : ""}`;
  const request = { ...change, reason: "simulated", externalReference: "PO 1" };
  const reply = await sendUntilAnswered(sim, label, (deps) => adjustStock(asStaff(deps), keyed, request));
  sim.acknowledged.adjustments.push({ referenceId: keyed.id, productId, isMoved: "answer" in reply });
  if ("refusal" in reply) expectRefusal(sim, label, reply.refusal, ["units_reserved", "count_outdated"]);
  else sim.scheduler.cover(`stock ${kind}`);
}

/** Transfers units from one warehouse to another. */
export async function transfer(sim: Simulation): Promise<void> {
  const { random } = sim.scheduler;
  const from = random.pick(WAREHOUSES).warehouseId;
  const to = random.pick(WAREHOUSES.filter(({ warehouseId }) => warehouseId !== from)).warehouseId;
  const first = random.pick(STOCKED);
  const second = random.pick(STOCKED.filter((each) => each !== first));
  const items = (random.chance(0.5) ? [first] : [first, second]).map((each) => ({ ...each, quantity: random.between(1, 2) }));
  const keyed = newKey(sim);
  const label = `transfer ${keyed.id} ${items.map(({ quantity, variantId }) => `${quantity} ${variantId}`).join(" + ")} ${from} → ${to}`;
  const reply = await sendUntilAnswered(sim, label, (deps) => {
    return createTransfer(asStaff(deps), keyed, {
      fromWarehouseId: from,
      toWarehouseId: to,
      items,
      reason: null,
      reference: null,
    });
  });
  if ("answer" in reply) {
    sim.scheduler.cover("transfer sent");
    sim.acknowledged.transfers.push(reply.answer.transfer);
    return;
  }
  expectRefusal(sim, label, reply.refusal, ["units_reserved", "transfer_not_dispatched"]);
  const { transfer_id: refusedId } = reply.refusal.members;
  if (typeof refusedId === "string") sim.acknowledged.refusedTransfers.push(refusedId);
}

/** Receives a part of a transfer, or closes it with what arrived. */
export async function receive(sim: Simulation): Promise<void> {
  const { random } = sim.scheduler;
  const { transfers } = sim.acknowledged;
  if (transfers.length === 0) return transfer(sim);
  const { transferId, items: sent } = random.pick(transfers);
  const arrived = sent.map(({ productId, variantId, quantity }) => ({
    productId,
    variantId,
    quantity: random.between(0, quantity),
  }));
  const items = arrived.filter(({ quantity }) => quantity > 0);
  const isComplete = items.length === 0 || random.chance(0.3);
  const keyed = newKey(sim);
  const label = `receipt ${keyed.id} of ${transferId.slice(0, 8)}`;
  const reply = await sendUntilAnswered(sim, label, (deps) => {
    return receiveTransfer(asStaff(deps), keyed, transferId, { items, isComplete, note: null });
  });
  if ("refusal" in reply) return expectRefusal(sim, label, reply.refusal, ["transfer_not_open", "more_than_sent"]);
  sim.scheduler.cover(isComplete ? "transfer received completely" : "transfer received in part");
  const units = items.reduce((sum, { quantity }) => sum + quantity, 0);
  sim.acknowledged.receipts.push({ transferId, receiptId: reply.answer.receiptId, units });
}

/** Recalls a transfer. */
export async function recall(sim: Simulation): Promise<void> {
  const { transfers, recalls } = sim.acknowledged;
  if (transfers.length === 0) return transfer(sim);
  const { transferId } = sim.scheduler.random.pick(transfers);
  const keyed = newKey(sim);
  const label = `recall ${keyed.id} of ${transferId.slice(0, 8)}`;
  const reply = await sendUntilAnswered(sim, label, (deps) => recallTransfer(asStaff(deps), keyed, transferId, null));
  if ("refusal" in reply) return expectRefusal(sim, label, reply.refusal, ["transfer_not_open"]);
  const { items } = reply.answer.transfer;
  sim.scheduler.cover(items.some(({ received }) => received > 0) ? "the rest of a transfer recalled" : "transfer recalled");
  recalls.push(transferId);
}
