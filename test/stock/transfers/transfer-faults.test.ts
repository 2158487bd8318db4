import { afterAll, afterEach, beforeAll, describe, it, vi } from "vitest";
import { inTurn, ranBefore } from "../../support/cuts.ts";
import { atD1, atStock, type Fault, FAULTS, faultyWorker, type OutsideCall, outcome } from "../../support/faults.ts";
import { expectInvariants, recover } from "../../support/invariants.ts";
import { stockedAhead } from "../../support/shop/ahead.ts";
import { demoWarehouses, newId } from "../../support/shop/shop.ts";
import { onHand, statusesOf, transferBy, twoProducts } from "../../support/stock/transfers.ts";

// Each step of sending a transfer fails in every way: afterwards every unit is in one warehouse, or in transit.
const UNITS = 5;
const stocked = stockedAhead();

beforeAll(demoWarehouses);
beforeAll(() => void vi.useFakeTimers({ toFake: ["Date"] }));
afterAll(() => void vi.useRealTimers());
afterEach(() => void vi.restoreAllMocks());

type Case = readonly [words: string, fault: Fault, isAt: (call: OutsideCall) => boolean];

/** Sends two units of each of two products, with a key; one call meets a fault. */
async function cutSend([, fault, isAt]: Case) {
  const { productIds, received } = await twoProducts(UNITS, stocked);
  const units = Object.fromEntries(productIds.map((productId) => [productId, 2]));
  const key = newId("key");
  const worker = faultyWorker((call): Fault => (isAt(call) ? fault : "none"));
  const answer = await outcome(worker, transferBy(worker.deps, units, key));
  return { productIds, received, worker, answer, retry: () => transferBy(faultyWorker().deps, units, key) };
}

const productsOf = (cuts: readonly { productIds: string[] }[]) => cuts.flatMap(({ productIds }) => productIds);

/** The sweep comes before the late calls and the retry. */
async function sweptSends(cases: readonly Case[]) {
  const cuts = await inTurn(cases, cutSend);
  await recover(productsOf(cuts));
  const ended = await inTurn(cuts, async ({ worker, retry, ...cut }) => {
    await worker.deliverLate();
    return { ...cut, retried: await retry() };
  });
  await recover(productsOf(cuts));
  return ended;
}

/** The retry comes at once. */
async function retriedSends(cases: readonly Case[]) {
  const cuts = await inTurn(cases, async (each) => {
    const { worker, retry, ...cut } = await cutSend(each);
    const retried = await retry();
    await worker.deliverLate();
    return { ...cut, retried };
  });
  await recover(productsOf(cuts));
  return cuts;
}

describe("sending a transfer, failing at one step", () => {
  const steps = [
    ["writing it", atD1("write once")],
    ["the first dispatch", atStock("dispatch", 1)],
    ["the last dispatch", atStock("dispatch", 2)],
    ["the decision", atD1("settle transfer")],
  ] as const;
  const cases = steps.flatMap(([words, isAt]) => FAULTS.map((fault) => [words, fault, isAt] as const));
  const swept = ranBefore(cases, sweptSends);
  const retriedAtOnce = ranBefore(cases, retriedSends);

  it.for(cases)(
    "%s: %s. After the sweep all of it is in transit, or none, and a retry returns which",
    async (each, { expect }) => {
      const { productIds, received, answer, retried } = swept(each);

      const statuses = await statusesOf(String(productIds[0]));
      const left = await Promise.all(productIds.map(async (productId) => (await onHand(productId)).BLR));
      const isInTransit = statuses.includes("in_transit");
      expect(statuses).toHaveLength(1);
      expect(left).toEqual(isInTransit ? [3, 3] : [5, 5]);
      expect(retried).toMatchObject(isInTransit ? { transfer: { status: "in_transit" } } : { code: "transfer_not_dispatched" });
      if (typeof answer === "object" && "transfer" in answer) expect(isInTransit).toBe(true);
      await expectInvariants(expect, received);
    },
  );

  it.for(cases)("%s: %s. An immediate retry with the key completes it", async (each, { expect }) => {
    const { productIds, received, retried } = retriedAtOnce(each);

    expect(retried).toMatchObject({ transfer: { status: "in_transit" } });
    expect(await statusesOf(String(productIds[0]))).toEqual(["in_transit"]);
    expect((await onHand(String(productIds[1]))).BLR).toBe(3);
    await expectInvariants(expect, received);
  });
});

/** Sends more units of the second product than there are; one call meets a fault, and late calls arrive after the sweep. */
async function refusedSends(cases: readonly Case[]) {
  const cuts = await inTurn(cases, async ([, fault, isAt]) => {
    const { productIds, received } = await twoProducts(UNITS, stocked);
    const units = { [String(productIds[0])]: 2, [String(productIds[1])]: UNITS + 1 };
    const worker = faultyWorker((call): Fault => (isAt(call) ? fault : "none"));
    await outcome(worker, transferBy(worker.deps, units));
    await outcome(
      worker,
      worker.idle().catch(() => undefined),
    );
    return { productIds, received, worker };
  });
  await recover(productsOf(cuts));
  for (const { worker } of cuts) await worker.deliverLate();
  await recover(productsOf(cuts));
  return cuts;
}

describe("a transfer with too few units of one product", () => {
  const steps = [
    ["the first dispatch", atStock("dispatch", 1)],
    ["the last dispatch", atStock("dispatch", 2)],
    ["the decision", atD1("settle transfer")],
    ["the first return", atStock("takeBack", 1)],
    ["the last return", atStock("takeBack", 2)],
    ["ending the pending action", atD1("finish pending")],
  ] as const;

  const cases = steps.flatMap(([step, isAt]) => FAULTS.map((fault) => [step, fault, isAt] as const));
  const refused = ranBefore(cases, refusedSends);

  it.for(cases)("failing at %s: %s. In the end all units are where they were", async (each, { expect }) => {
    const { productIds, received } = refused(each);

    expect(await Promise.all(productIds.map(onHand))).toEqual([{ BLR: UNITS }, { BLR: UNITS }]);
    expect(await statusesOf(String(productIds[0]))).toEqual(["refused"]);
    await expectInvariants(expect, received);
  });

  it("loses no units by a dispatch that arrives after the return, still before the deadline", async ({ expect }) => {
    const { productIds, received } = await twoProducts(UNITS, stocked);
    const [rice, dal] = [String(productIds[0]), String(productIds[1])];

    const worker = faultyWorker((call) =>
      call.to === "stock" && call.method === "dispatch" && call.productId === rice ? "late" : "none",
    );
    const answer = await transferBy(worker.deps, { [rice]: 2, [dal]: UNITS + 1 });
    await worker.idle();
    await worker.deliverLate();

    expect(answer).toEqual({ code: "units_reserved" });
    expect(await onHand(rice)).toEqual({ BLR: UNITS });
    await recover(productIds);
    await expectInvariants(expect, received);
  });
});
