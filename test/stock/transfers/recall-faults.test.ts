import { afterAll, beforeAll, describe, it, vi } from "vitest";
import { showTransfer } from "../../../src/stock/transfers/list-transfers.ts";
import { inTurn, ranBefore } from "../../support/cuts.ts";
import { atD1, atStock, type Fault, FAULTS, faultyWorker, type OutsideCall, outcome, waitingAt } from "../../support/faults.ts";
import { expectInvariants, recover } from "../../support/invariants.ts";
import { stockedAhead } from "../../support/shop/ahead.ts";
import { demoWarehouses, newId } from "../../support/shop/shop.ts";
import { onHand, recallBy, receiveBy, sentBy, twoProducts } from "../../support/stock/transfers.ts";

// Each step of recalling a transfer fails in every way: afterwards every unit is in transit, or back once.
const UNITS = 5;
const stocked = stockedAhead();

beforeAll(demoWarehouses);
beforeAll(() => void vi.useFakeTimers({ toFake: ["Date"] }));
afterAll(() => void vi.useRealTimers());

type Case = readonly [words: string, fault: Fault, isAt: (call: OutsideCall) => boolean];

/** Recalls a transfer of two units of each of two products, one of which has received one; one call meets a fault. */
async function cutRecall([, fault, isAt]: Case) {
  const { productIds, received } = await twoProducts(UNITS, stocked);
  const transferId = await sentBy(faultyWorker().deps, productIds);
  await receiveBy(faultyWorker().deps, transferId, { [String(productIds[0])]: 1 });
  const key = newId("key");
  const worker = faultyWorker((call): Fault => (isAt(call) ? fault : "none"));
  const answer = await outcome(worker, recallBy(worker.deps, transferId, key));
  return { productIds, received, transferId, worker, answer, retry: () => recallBy(faultyWorker().deps, transferId, key) };
}

const productsOf = (cuts: readonly { productIds: string[] }[]) => cuts.flatMap(({ productIds }) => productIds);

/** The sweep comes before the late calls; there is no retry. */
async function sweptRecalls(cases: readonly Case[]) {
  const cuts = await inTurn(cases, cutRecall);
  await recover(productsOf(cuts));
  for (const { worker } of cuts) await worker.deliverLate();
  await recover(productsOf(cuts));
  return cuts;
}

/** The retry comes at once, the late calls after it. */
async function retriedRecalls(cases: readonly Case[]) {
  const cuts = await inTurn(cases, async (each) => {
    const { worker, retry, ...cut } = await cutRecall(each);
    const retried = await retry();
    await worker.deliverLate();
    return { ...cut, retried };
  });
  await recover(productsOf(cuts));
  return cuts;
}

describe("recalling a transfer, failing at one step", () => {
  const steps = [
    ["recording it", atD1("write once")],
    ["reading the pending action", atD1("read recall")],
    ["booking the first product", atStock("bringIn", 1)],
    ["booking the second product", atStock("bringIn", 2)],
    ["ending the pending action", atD1("finish pending")],
  ] as const;
  const cases = steps.flatMap(([step, isAt]) => FAULTS.map((fault) => [step, fault, isAt] as const));
  const swept = ranBefore(cases, sweptRecalls);
  const retriedAtOnce = ranBefore(cases, retriedRecalls);

  it.for(cases)("%s: %s. After the sweep the units are back once, or in transit as before", async (each, { expect }) => {
    const { productIds, received, transferId, answer } = swept(each);

    const { status } = await showTransfer(faultyWorker().deps, transferId);
    const back = await Promise.all(productIds.map(onHand));
    expect(back).toEqual(status === "recalled" ? [{ BLR: 4, MUM: 1 }, { BLR: 5 }] : [{ BLR: 3, MUM: 1 }, { BLR: 3 }]);
    expect(["recalled", "in_transit"]).toContain(status);
    if (typeof answer === "object" && "transfer" in answer) expect(status).toBe("recalled");
    await expectInvariants(expect, received);
  });

  it.for(cases)("%s: %s. An immediate retry with the key completes it", async (each, { expect }) => {
    const { productIds, received, retried } = retriedAtOnce(each);

    expect(retried).toMatchObject({ transfer: { status: "recalled" }, isBooked: true });
    expect(await Promise.all(productIds.map(onHand))).toEqual([{ BLR: 4, MUM: 1 }, { BLR: 5 }]);
    await expectInvariants(expect, received);
  });
});

describe("a receipt and a recall at once", () => {
  it("that both saw the transfer in transit: the recall came first, and the receipt is refused", async ({ expect }) => {
    const { productIds, received } = await twoProducts(UNITS, stocked);
    const transferId = await sentBy(faultyWorker().deps, productIds);
    const { worker, waits, goOn } = waitingAt(atD1("write once"));

    const receipt = receiveBy(worker.deps, transferId, { [String(productIds[0])]: 2 });
    await waits;
    const recalled = await recallBy(faultyWorker().deps, transferId);
    goOn();

    expect(await receipt).toEqual({ code: "transfer_not_open" });
    expect(recalled).toMatchObject({ transfer: { status: "recalled" } });
    expect(await Promise.all(productIds.map(onHand))).toEqual([{ BLR: 5 }, { BLR: 5 }]);
    await recover(productIds);
    await expectInvariants(expect, received);
  });

  it("that both saw it in transit: a receipt of a part came first, and the rest is recalled", async ({ expect }) => {
    const { productIds, received } = await twoProducts(UNITS, stocked);
    const transferId = await sentBy(faultyWorker().deps, productIds);
    const { worker, waits, goOn } = waitingAt(atD1("write once"));

    const recalling = recallBy(worker.deps, transferId);
    await waits;
    await receiveBy(faultyWorker().deps, transferId, { [String(productIds[0])]: 1 });
    goOn();

    expect(await recalling).toMatchObject({ transfer: { status: "recalled", items: [{ received: 1 }, { received: 0 }] } });
    expect(await Promise.all(productIds.map(onHand))).toEqual([{ BLR: 4, MUM: 1 }, { BLR: 5 }]);
    await recover(productIds);
    await expectInvariants(expect, received);
  });

  it("that both saw it in transit: the last receipt came first, and the recall is refused", async ({ expect }) => {
    const { productIds, received } = await twoProducts(UNITS, stocked);
    const transferId = await sentBy(faultyWorker().deps, productIds);
    const { worker, waits, goOn } = waitingAt(atD1("write once"));

    const recalling = recallBy(worker.deps, transferId);
    await waits;
    await receiveBy(faultyWorker().deps, transferId, Object.fromEntries(productIds.map((productId) => [productId, 2])));
    goOn();

    expect(await recalling).toEqual({ code: "transfer_not_open" });
    expect(await Promise.all(productIds.map(onHand))).toEqual([
      { BLR: 3, MUM: 2 },
      { BLR: 3, MUM: 2 },
    ]);
    await recover(productIds);
    await expectInvariants(expect, received);
  });

  it.for([
    ["another recall", (transferId: string) => recallBy(faultyWorker().deps, transferId), { BLR: 5 }],
    [
      "a receipt that gave the units up",
      (transferId: string) => receiveBy(faultyWorker().deps, transferId, {}, { isComplete: true }),
      { BLR: 3 },
    ],
  ] as const)("that saw it in transit: %s came first, and the recall is refused", async ([, act, left], { expect }) => {
    const { productIds, received } = await twoProducts(UNITS, stocked);
    const transferId = await sentBy(faultyWorker().deps, productIds);
    const { worker, waits, goOn } = waitingAt(atD1("write once"));

    const recalling = recallBy(worker.deps, transferId);
    await waits;
    await act(transferId);
    goOn();

    expect(await recalling).toEqual({ code: "transfer_not_open" });
    expect(await Promise.all(productIds.map(onHand))).toEqual([left, left]);
    await recover(productIds);
    await expectInvariants(expect, received);
  });
});
