import type { Deps } from "../../../src/deps.ts";
import { adjustStock, type AdjustRequest } from "../../../src/stock/adjustments/adjust-stock.ts";
import { createTransfer } from "../../../src/stock/transfers/create-transfer.ts";
import { receiveTransfer } from "../../../src/stock/transfers/receive-transfer.ts";
import { expectCode, insist, newKey, type Sim } from "./client.ts";
import { STOCKED, type Stocked, WAREHOUSES } from "../shop.ts";

const BY = { actor: "user:staff", isAudited: true, requestId: "request" };

/** Deps as a request of the shop's staff has them. */
export function asStaff(deps: Deps): Deps {
  return { ...deps, by: BY };
}

/** Receives, damages, issues or counts units. */
export async function adjust(sim: Sim): Promise<void> {
  const { chance } = sim.world;
  const kind = chance.weighed({ receive: 3, damage: 2, issue: 1, count: 2 });
  const { productId, variantId } = chance.pick(STOCKED);
  const { warehouseId } = chance.pick(WAREHOUSES);
  const expectedOnHand = kind === "count" && chance.is(0.5) ? chance.below(4) : undefined;
  const quantity = kind === "count" ? chance.below(5) : chance.between(1, 2);
  await book(sim, { kind, productId, variantId, warehouseId, quantity, expectedOnHand });
}

/** Finds that nothing is on hand in a place. */
export async function findEmpty(
  sim: Sim,
  { productId, variantId, warehouseId }: Stocked & { warehouseId: string },
): Promise<void> {
  await book(sim, { kind: "count", productId, variantId, warehouseId, quantity: 0, expectedOnHand: undefined });
}

async function book(sim: Sim, change: Omit<AdjustRequest, "reason" | "externalReference">): Promise<void> {
  const { kind, productId, variantId, warehouseId, quantity } = change;
  const keyed = newKey(sim);
  const words = `${kind} ${keyed.id} ${quantity} ${variantId} in ${warehouseId}`;
  const request = { ...change, reason: "simulated", externalReference: "PO 1" };
  const heard = await insist(sim, words, (deps) => adjustStock(asStaff(deps), keyed, request));
  sim.told.adjustments.push({ referenceId: keyed.id, productId, isMoved: "answer" in heard });
  if ("refusal" in heard) expectCode(sim, words, heard.refusal, ["units_reserved", "count_outdated"]);
  else sim.world.met(`stock ${kind}`);
}

/** Sends units from one warehouse to another. */
export async function transfer(sim: Sim): Promise<void> {
  const { chance } = sim.world;
  const from = chance.pick(WAREHOUSES).warehouseId;
  const to = chance.pick(WAREHOUSES.filter(({ warehouseId }) => warehouseId !== from)).warehouseId;
  const first = chance.pick(STOCKED);
  const second = chance.pick(STOCKED.filter((each) => each !== first));
  const items = (chance.is(0.5) ? [first] : [first, second]).map((each) => ({ ...each, quantity: chance.between(1, 2) }));
  const keyed = newKey(sim);
  const words = `transfer ${keyed.id} ${items.map(({ quantity, variantId }) => `${quantity} ${variantId}`).join(" + ")} ${from} → ${to}`;
  const heard = await insist(sim, words, (deps) => {
    return createTransfer(asStaff(deps), keyed, {
      fromWarehouseId: from,
      toWarehouseId: to,
      items,
      reason: null,
      reference: null,
    });
  });
  if ("answer" in heard) {
    sim.world.met("transfer sent");
    sim.told.transfers.push(heard.answer.transfer);
    return;
  }
  expectCode(sim, words, heard.refusal, ["units_reserved", "transfer_not_dispatched"]);
  const { transfer_id: refusedId } = heard.refusal.members;
  if (typeof refusedId === "string") sim.told.noTransfers.push(refusedId);
}

/** Receives a part of what was sent, or all that will ever come. */
export async function receive(sim: Sim): Promise<void> {
  const { chance } = sim.world;
  const { transfers } = sim.told;
  if (transfers.length === 0) return transfer(sim);
  const { transferId, items: sent } = chance.pick(transfers);
  const came = sent.map(({ productId, variantId, quantity }) => ({
    productId,
    variantId,
    quantity: chance.between(0, quantity),
  }));
  const items = came.filter(({ quantity }) => quantity > 0);
  const isComplete = items.length === 0 || chance.is(0.3);
  const keyed = newKey(sim);
  const words = `receipt ${keyed.id} of ${transferId.slice(0, 8)}`;
  const heard = await insist(sim, words, (deps) => {
    return receiveTransfer(asStaff(deps), keyed, transferId, { items, isComplete, note: null });
  });
  if ("refusal" in heard) return expectCode(sim, words, heard.refusal, ["transfer_not_open", "more_than_sent"]);
  sim.world.met(isComplete ? "transfer received for good" : "transfer received in part");
  const units = items.reduce((sum, { quantity }) => sum + quantity, 0);
  sim.told.receipts.push({ transferId, receiptId: heard.answer.receiptId, units });
}
