import { afterAll, afterEach, beforeAll, describe, it, vi } from "vitest";
import { showTransfer } from "../../../src/stock/transfers/list-transfers.ts";
import { inTurn, ranBefore } from "../../support/cuts.ts";
import { atD1, atStock, type Fault, FAULTS, faultyWorker, type OutsideCall, outcome } from "../../support/faults.ts";
import { expectInvariants, recover } from "../../support/invariants.ts";
import { stockedAhead } from "../../support/shop/ahead.ts";
import { demoWarehouses, newId } from "../../support/shop/shop.ts";
import { onHand, receiveBy, transferBy, twoProducts } from "../../support/stock/transfers.ts";

// Each step of receiving a transfer fails in every way: afterwards the units that D1 has as received are on hand.
const UNITS = 5;
const stocked = stockedAhead();

beforeAll(demoWarehouses);
beforeAll(() => void vi.useFakeTimers({ toFake: ["Date"] }));
afterAll(() => void vi.useRealTimers());
afterEach(() => void vi.restoreAllMocks());

type Case = readonly [words: string, fault: Fault, isAt: (call: OutsideCall) => boolean];

/** Receives all of a transfer; one call meets a fault, and late calls arrive after the sweep. */
async function receipts(cases: readonly Case[]) {
  const cuts = await inTurn(cases, async ([, fault, isAt]) => {
    const { productIds, received } = await twoProducts(UNITS, stocked);
    const units = Object.fromEntries(productIds.map((productId) => [productId, 2]));
    const transfer = await transferBy(faultyWorker().deps, units);
    if (!("transfer" in transfer)) throw new Error(transfer.code);
    const { transferId } = transfer.transfer;
    const worker = faultyWorker((call): Fault => (isAt(call) ? fault : "none"));
    const answer = await outcome(worker, receiveBy(worker.deps, transferId, units));
    return { productIds, received, transferId, worker, answer };
  });
  const everything = cuts.flatMap(({ productIds }) => productIds);
  await recover(everything);
  for (const { worker } of cuts) await worker.deliverLate();
  await recover(everything);
  return cuts;
}

describe("receiving a transfer, failing at one step", () => {
  const steps = [
    ["recording it", atD1("write once")],
    ["reading the pending action", atD1("read receipt")],
    ["booking the first product", atStock("bringIn", 1)],
    ["booking the second product", atStock("bringIn", 2)],
    ["ending the pending action", atD1("finish pending")],
  ] as const;
  const cases = steps.flatMap(([step, isAt]) => FAULTS.map((fault) => [step, fault, isAt] as const));

  const cut = ranBefore(cases, receipts);

  it.for(cases)("%s: %s. The units that D1 has as received are on hand, once", async (each, { expect }) => {
    const { productIds, received, transferId, answer } = cut(each);

    const { status, items } = await showTransfer(faultyWorker().deps, transferId);
    const booked = await Promise.all(productIds.map(async (productId) => (await onHand(productId)).MUM ?? 0));
    expect(booked).toEqual(items.map((item) => item.received));
    expect(status).toBe(booked[0] === 2 ? "received" : "in_transit");
    if (typeof answer === "object" && "receiptId" in answer) expect(status).toBe("received");
    await expectInvariants(expect, received);
  });

  it("answers that the units are not booked yet, and a repeat with the key books them", async ({ expect }) => {
    const { productIds, received } = await twoProducts(UNITS, stocked);
    const units = Object.fromEntries(productIds.map((productId) => [productId, 2]));
    const transfer = await transferBy(faultyWorker().deps, units);
    if (!("transfer" in transfer)) throw new Error(transfer.code);
    const { transferId } = transfer.transfer;
    const key = newId("key");

    const unheard = faultyWorker((call) => (call.to === "stock" ? "lost" : "none"));
    const first = await receiveBy(unheard.deps, transferId, units, { key });
    const repeated = await receiveBy(faultyWorker().deps, transferId, units, { key });

    expect(first).toMatchObject({ isBooked: false, replayed: false, transfer: { status: "received" } });
    expect(repeated).toMatchObject({ isBooked: true, replayed: true });
    expect((await onHand(String(productIds[0]))).MUM).toBe(2);
    await recover(productIds);
    await expectInvariants(expect, received);
  });
});
