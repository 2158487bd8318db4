import { afterEach, beforeAll, beforeEach, describe, it, vi } from "vitest";
import { atD1, atStock, type Fault, FAULTS, faultyWorker, outcome } from "../../support/faults.ts";
import { expectInvariants, recover } from "../../support/invariants.ts";
import { demoWarehouses, newId } from "../../support/shop/shop.ts";
import { onHand, statusesOf, transferBy, twoProducts } from "../../support/stock/transfers.ts";

// Each step of sending a transfer, cut in every way: afterwards every unit is in one place, or on its way.
const UNITS = 5;

beforeAll(demoWarehouses);
beforeEach(() => void vi.useFakeTimers({ toFake: ["Date"] }));
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

describe("sending a transfer, cut at one step", () => {
  // With a key: 1 asks for it and 2 looks, which changes nothing, 3 writes the transfer, 4 decides.
  const steps = [
    ["writing it", atD1(3)],
    ["the first dispatch", atStock("dispatch", 1)],
    ["the last dispatch", atStock("dispatch", 2)],
    ["the decision", atD1(4)],
  ] as const;
  const cases = steps.flatMap(([words, isAt]) => FAULTS.map((fault) => [words, fault, isAt] as const));

  it.for(cases)("%s: %s. After the sweep all of it is on its way, or none, and a retry says which", async (each, { expect }) => {
    const [, fault, isAt] = each;
    const { productIds, received } = await twoProducts(UNITS);
    const units = Object.fromEntries(productIds.map((productId) => [productId, 2]));
    const key = newId("key");

    const worker = faultyWorker((call): Fault => (isAt(call) ? fault : "none"));
    const answer = await outcome(worker, transferBy(worker.deps, units, key));
    await recover(productIds);
    await worker.deliverLate();
    const retried = await transferBy(faultyWorker().deps, units, key);
    await recover(productIds);

    const statuses = await statusesOf(String(productIds[0]));
    const left = await Promise.all(productIds.map(async (productId) => (await onHand(productId)).BLR));
    const isOnItsWay = statuses.includes("in_transit");
    expect(statuses).toHaveLength(1);
    expect(left).toEqual(isOnItsWay ? [3, 3] : [5, 5]);
    expect(retried).toMatchObject(isOnItsWay ? { transfer: { status: "in_transit" } } : { code: "transfer_not_dispatched" });
    if (typeof answer === "object" && "transfer" in answer) expect(isOnItsWay).toBe(true);
    await expectInvariants(expect, received);
  });

  it.for(cases)("%s: %s. A retry with the key at once goes on from there", async (each, { expect }) => {
    const [, fault, isAt] = each;
    const { productIds, received } = await twoProducts(UNITS);
    const units = Object.fromEntries(productIds.map((productId) => [productId, 2]));
    const key = newId("key");

    const worker = faultyWorker((call): Fault => (isAt(call) ? fault : "none"));
    await outcome(worker, transferBy(worker.deps, units, key));
    const retried = await transferBy(faultyWorker().deps, units, key);
    await worker.deliverLate();
    await recover(productIds);

    expect(retried).toMatchObject({ transfer: { status: "in_transit" } });
    expect(await statusesOf(String(productIds[0]))).toEqual(["in_transit"]);
    expect((await onHand(String(productIds[1]))).BLR).toBe(3);
    await expectInvariants(expect, received);
  });
});

describe("a transfer of which one product has too little", () => {
  const cases = [
    atStock("dispatch", 1),
    atStock("dispatch", 2),
    atD1(3),
    atStock("takeBack", 1),
    atStock("takeBack", 2),
    atD1(4),
  ];

  it.for(cases.flatMap((isAt, step) => FAULTS.map((fault) => [step, fault, isAt] as const)))(
    "cut at step %i: %s. In the end all units are where they were",
    async ([, fault, isAt], { expect }) => {
      const { productIds, received } = await twoProducts(UNITS);
      const units = { [String(productIds[0])]: 2, [String(productIds[1])]: UNITS + 1 };

      // Without a key: 1 looks, 2 writes the transfer, 3 decides, 4 ends what was owed.
      const worker = faultyWorker((call): Fault => (isAt(call) ? fault : "none"));
      await outcome(worker, transferBy(worker.deps, units));
      await outcome(
        worker,
        worker.idle().catch(() => undefined),
      );
      await recover(productIds);
      await worker.deliverLate();
      await recover(productIds);

      expect(await Promise.all(productIds.map(onHand))).toEqual([{ BLR: UNITS }, { BLR: UNITS }]);
      expect(await statusesOf(String(productIds[0]))).toEqual(["refused"]);
      await expectInvariants(expect, received);
    },
  );

  it("takes nothing by a dispatch that arrives after the refusal was carried out, within its time", async ({ expect }) => {
    const { productIds, received } = await twoProducts(UNITS);
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
