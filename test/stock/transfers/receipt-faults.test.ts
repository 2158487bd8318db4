import { afterEach, beforeAll, beforeEach, describe, it, vi } from "vitest";
import { showTransfer } from "../../../src/stock/transfers/list-transfers.ts";
import { atD1, atStock, type Fault, FAULTS, faultyWorker, outcome } from "../../support/faults.ts";
import { expectInvariants, recover } from "../../support/invariants.ts";
import { stockedAhead } from "../../support/shop/ahead.ts";
import { demoWarehouses, newId } from "../../support/shop/shop.ts";
import { onHand, receiveBy, transferBy, twoProducts } from "../../support/stock/transfers.ts";

// Each step of receiving a transfer fails in every way: afterwards the units that D1 has as received are on hand.
const UNITS = 5;
const stocked = stockedAhead();

beforeAll(demoWarehouses);
beforeEach(() => void vi.useFakeTimers({ toFake: ["Date"] }));
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

describe("receiving a transfer, failing at one step", () => {
  const steps = [
    ["recording it", atD1("write once")],
    ["reading the pending action", atD1("read receipt")],
    ["booking the first product", atStock("bringIn", 1)],
    ["booking the second product", atStock("bringIn", 2)],
    ["ending the pending action", atD1("finish pending")],
  ] as const;
  const cases = steps.flatMap(([step, isAt]) => FAULTS.map((fault) => [step, fault, isAt] as const));

  it.for(cases)("%s: %s. The units that D1 has as received are on hand, once", async ([, fault, isAt], { expect }) => {
    const { productIds, received } = await twoProducts(UNITS, stocked);
    const units = Object.fromEntries(productIds.map((productId) => [productId, 2]));
    const transfer = await transferBy(faultyWorker().deps, units);
    if (!("transfer" in transfer)) throw new Error(transfer.code);
    const { transferId } = transfer.transfer;

    const worker = faultyWorker((call): Fault => (isAt(call) ? fault : "none"));
    const answer = await outcome(worker, receiveBy(worker.deps, transferId, units));
    await recover(productIds);
    await worker.deliverLate();
    await recover(productIds);

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

    const cut = faultyWorker((call) => (call.to === "stock" ? "lost" : "none"));
    const first = await receiveBy(cut.deps, transferId, units, { key });
    const repeated = await receiveBy(faultyWorker().deps, transferId, units, { key });

    expect(first).toMatchObject({ isBooked: false, replayed: false, transfer: { status: "received" } });
    expect(repeated).toMatchObject({ isBooked: true, replayed: true });
    expect((await onHand(String(productIds[0]))).MUM).toBe(2);
    await recover(productIds);
    await expectInvariants(expect, received);
  });
});
