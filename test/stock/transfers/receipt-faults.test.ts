import { afterEach, beforeAll, beforeEach, describe, it, vi } from "vitest";
import { showTransfer } from "../../../src/stock/transfers/show-transfer.ts";
import { atD1, atStock, type Fault, FAULTS, faultyWorker, outcome } from "../../support/faults.ts";
import { expectInvariants, recover } from "../../support/invariants.ts";
import { demoWarehouses, newId } from "../../support/shop/shop.ts";
import { onHand, receiveBy, transferBy, twoProducts } from "../../support/stock/transfers.ts";

// Each step of receiving a transfer, cut in every way: afterwards what D1 says has come is on hand.
const UNITS = 5;

beforeAll(demoWarehouses);
beforeEach(() => void vi.useFakeTimers({ toFake: ["Date"] }));
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

describe("receiving a transfer, cut at one step", () => {
  // Without a key: 1 looks, which changes nothing, 2 receives, 3 reads what is owed, 4 ends it.
  const steps = [atD1(2), atD1(3), atStock("bringIn", 1), atStock("bringIn", 2), atD1(4)];
  const cases = steps.flatMap((isAt, step) => FAULTS.map((fault) => [step, fault, isAt] as const));

  it.for(cases)("step %i: %s. What D1 says has come is on hand, once", async ([, fault, isAt], { expect }) => {
    const { productIds, received } = await twoProducts(UNITS);
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
    const came = await Promise.all(productIds.map(async (productId) => (await onHand(productId)).MUM ?? 0));
    expect(came).toEqual(items.map((item) => item.received));
    expect(status).toBe(came[0] === 2 ? "received" : "in_transit");
    if (typeof answer === "object" && "receiptId" in answer) expect(status).toBe("received");
    await expectInvariants(expect, received);
  });

  it("says that the units are owed, and a repeat under the key brings them in", async ({ expect }) => {
    const { productIds, received } = await twoProducts(UNITS);
    const units = Object.fromEntries(productIds.map((productId) => [productId, 2]));
    const transfer = await transferBy(faultyWorker().deps, units);
    if (!("transfer" in transfer)) throw new Error(transfer.code);
    const { transferId } = transfer.transfer;
    const key = newId("key");

    const cut = faultyWorker((call) => (call.to === "stock" ? "lost" : "none"));
    const owed = await receiveBy(cut.deps, transferId, units, { key });
    const booked = await receiveBy(faultyWorker().deps, transferId, units, { key });

    expect(owed).toMatchObject({ isBooked: false, replayed: false, transfer: { status: "received" } });
    expect(booked).toMatchObject({ isBooked: true, replayed: true });
    expect((await onHand(String(productIds[0]))).MUM).toBe(2);
    await recover(productIds);
    await expectInvariants(expect, received);
  });
});
