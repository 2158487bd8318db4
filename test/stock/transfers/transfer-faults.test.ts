import { afterEach, beforeAll, beforeEach, describe, it, vi } from "vitest";
import { atD1, atStock, type Fault, FAULTS, faultyWorker, outcome } from "../../support/faults.ts";
import { expectInvariants, recover } from "../../support/invariants.ts";
import { stockedAhead } from "../../support/shop/ahead.ts";
import { demoWarehouses, newId } from "../../support/shop/shop.ts";
import { onHand, statusesOf, transferBy, twoProducts } from "../../support/stock/transfers.ts";

// Each step of sending a transfer fails in every way: afterwards every unit is in one warehouse, or in transit.
const UNITS = 5;
const stocked = stockedAhead();

beforeAll(demoWarehouses);
beforeEach(() => void vi.useFakeTimers({ toFake: ["Date"] }));
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

describe("sending a transfer, failing at one step", () => {
  const steps = [
    ["writing it", atD1("write once")],
    ["the first dispatch", atStock("dispatch", 1)],
    ["the last dispatch", atStock("dispatch", 2)],
    ["the decision", atD1("settle transfer")],
  ] as const;
  const cases = steps.flatMap(([words, isAt]) => FAULTS.map((fault) => [words, fault, isAt] as const));

  it.for(cases)(
    "%s: %s. After the sweep all of it is in transit, or none, and a retry returns which",
    async (each, { expect }) => {
      const [, fault, isAt] = each;
      const { productIds, received } = await twoProducts(UNITS, stocked);
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
      const isInTransit = statuses.includes("in_transit");
      expect(statuses).toHaveLength(1);
      expect(left).toEqual(isInTransit ? [3, 3] : [5, 5]);
      expect(retried).toMatchObject(isInTransit ? { transfer: { status: "in_transit" } } : { code: "transfer_not_dispatched" });
      if (typeof answer === "object" && "transfer" in answer) expect(isInTransit).toBe(true);
      await expectInvariants(expect, received);
    },
  );

  it.for(cases)("%s: %s. An immediate retry with the key completes it", async (each, { expect }) => {
    const [, fault, isAt] = each;
    const { productIds, received } = await twoProducts(UNITS, stocked);
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

describe("a transfer with too few units of one product", () => {
  const steps = [
    ["the first dispatch", atStock("dispatch", 1)],
    ["the last dispatch", atStock("dispatch", 2)],
    ["the decision", atD1("settle transfer")],
    ["the first return", atStock("takeBack", 1)],
    ["the last return", atStock("takeBack", 2)],
    ["ending the pending action", atD1("finish pending")],
  ] as const;

  it.for(steps.flatMap(([step, isAt]) => FAULTS.map((fault) => [step, fault, isAt] as const)))(
    "failing at %s: %s. In the end all units are where they were",
    async ([, fault, isAt], { expect }) => {
      const { productIds, received } = await twoProducts(UNITS, stocked);
      const units = { [String(productIds[0])]: 2, [String(productIds[1])]: UNITS + 1 };

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
