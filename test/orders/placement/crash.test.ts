import { afterEach, beforeAll, beforeEach, describe, it, vi } from "vitest";
import { atD1, type Fault, faultyWorker, isRecord, type OutsideCall } from "../../support/faults.ts";
import { expectInvariants, recover } from "../../support/invariants.ts";
import { availableAt, orderOf, ordersOf, place, stocked } from "../../support/orders/orders.ts";
import { demoWarehouses, newId } from "../../support/shop/shop.ts";

// The crash table of docs/architecture.md, one test per row. A dead Worker sends nothing more; messages that it sent still arrive.
const UNITS = 5;

beforeAll(demoWarehouses);
beforeEach(() => void vi.useFakeTimers({ toFake: ["Date"] }));
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

/** Two products with stock, sorted by id, and their received units for the invariants. */
async function twoProducts() {
  const productIds = [await stocked(UNITS), await stocked(UNITS)].toSorted();
  return { productIds, received: new Map(productIds.map((productId) => [productId, UNITS])) };
}

const atRecord = (fault: Fault) => (call: OutsideCall) => (isRecord(call) ? fault : "none");
const atStock = (method: string, fault: Fault, nth?: number) => (call: OutsideCall) =>
  call.to === "stock" && call.method === method && (nth === undefined || call.nth === nth) ? fault : "none";

/** Sends one order by a Worker that dies meanwhile, and waits for its death. */
async function sendAndDie(productIds: string[], faultOf: (call: OutsideCall) => Fault, key?: string): Promise<void> {
  const worker = faultyWorker(faultOf);
  void place(worker.deps, orderOf(productIds), key);
  await worker.died;
}

describe("a Worker that dies while it places an order", () => {
  it("after some objects reserved: their alarms fence the hold and release the units", async ({ expect }) => {
    const { productIds, received } = await twoProducts();

    await sendAndDie(productIds, atStock("reserve", "dies_before", 2));
    await vi.waitFor(async () => expect(await availableAt(String(productIds[0]))).toBe(UNITS - 1));
    await recover(productIds);

    expect(await ordersOf(String(productIds[0]))).toEqual([]);
    expect(await Promise.all(productIds.map(availableAt))).toEqual([UNITS, UNITS]);
    await expectInvariants(expect, received);
  });

  it("when all is reserved, before the D1 batch: the same", async ({ expect }) => {
    const { productIds, received } = await twoProducts();

    await sendAndDie(productIds, atRecord("dies_before"));
    await recover(productIds);

    expect(await ordersOf(String(productIds[0]))).toEqual([]);
    expect(await Promise.all(productIds.map(availableAt))).toEqual([UNITS, UNITS]);
    await expectInvariants(expect, received);
  });

  it("after the D1 batch, before the answer: the alarms commit, and the client's retry gets the order", async ({ expect }) => {
    const { productIds, received } = await twoProducts();
    const key = newId("key");

    await sendAndDie(productIds, atRecord("dies_after"), key);
    await recover(productIds);
    const retried = await place(faultyWorker().deps, orderOf(productIds), key);

    expect(retried).toMatchObject({ order: { orderId: `ORD${key}` }, replayed: true });
    expect(await Promise.all(productIds.map(availableAt))).toEqual([UNITS - 1, UNITS - 1]);
    await expectInvariants(expect, received);
  });

  it("after the answer, before any commit: the alarms commit", async ({ expect }) => {
    const { productIds, received } = await twoProducts();

    const worker = faultyWorker(atStock("commit", "dies_before"));
    const placed = await place(worker.deps, orderOf(productIds));
    await worker.died;
    await recover(productIds);

    expect(placed).toMatchObject({ replayed: false });
    expect(await Promise.all(productIds.map(availableAt))).toEqual([UNITS - 1, UNITS - 1]);
    await expectInvariants(expect, received);
  });

  it("after the commit in some objects: the others' alarms commit", async ({ expect }) => {
    const { productIds, received } = await twoProducts();

    const worker = faultyWorker(atStock("commit", "dies_before", 2));
    const placed = await place(worker.deps, orderOf(productIds));
    await worker.died;
    await recover(productIds);

    expect(placed).toMatchObject({ replayed: false });
    await expectInvariants(expect, received);
  });

  it("after the answer of an order that waits for payment: the alarms keep its units until the window ends, then free them", async ({
    expect,
  }) => {
    const { productIds, received } = await twoProducts();

    const worker = faultyWorker(atStock("keep", "dies_before"));
    await place(worker.deps, orderOf(productIds, 1, { paymentMethod: "card" }));
    await worker.died;
    await recover(productIds);

    expect(await Promise.all(productIds.map(availableAt))).toEqual([UNITS - 1, UNITS - 1]);
    await expectInvariants(expect, received);

    vi.setSystemTime(Date.now() + 30 * 60_000);
    await recover(productIds);

    expect(await ordersOf(String(productIds[0]))).toMatchObject([{ status: "EXPIRED" }]);
    expect(await Promise.all(productIds.map(availableAt))).toEqual([UNITS, UNITS]);
    await expectInvariants(expect, received);
  });
});

describe("a loss on the way to D1", () => {
  it("the record batch committed and its answer was lost: the Worker's resolve batch answers 201 with the order", async ({
    expect,
  }) => {
    const { productIds, received } = await twoProducts();

    const worker = faultyWorker(atRecord("answer_lost"));
    const placed = await place(worker.deps, orderOf(productIds));
    await worker.idle();
    await recover(productIds);

    expect(placed).toMatchObject({ replayed: false, order: { status: "PENDING" } });
    await expectInvariants(expect, received);
  });

  it("the record batch never arrived: 503, the hold is fenced and released, and a retry with the key succeeds", async ({
    expect,
  }) => {
    const { productIds, received } = await twoProducts();
    const key = newId("key");

    const worker = faultyWorker(atRecord("lost"));
    const first = await place(worker.deps, orderOf(productIds), key);
    await worker.idle();
    const second = await place(faultyWorker().deps, orderOf(productIds), key);
    await recover(productIds);

    expect(first).toEqual({ code: "unresolved" });
    expect(second).toMatchObject({ replayed: false });
    await expectInvariants(expect, received);
  });

  it("D1 stays silent: 503, nothing is released, and the alarms find the order that was recorded", async ({ expect }) => {
    const { productIds, received } = await twoProducts();

    const worker = faultyWorker((call) => (isRecord(call) ? "answer_lost" : atD1("resolve record")(call) ? "lost" : "none"));
    const placed = await place(worker.deps, orderOf(productIds));
    await worker.idle();
    const heldMeanwhile = await Promise.all(productIds.map(availableAt));
    await recover(productIds);

    expect(placed).toEqual({ code: "unresolved" });
    expect(heldMeanwhile).toEqual([UNITS - 1, UNITS - 1]);
    expect(await ordersOf(String(productIds[0]))).toHaveLength(1);
    await expectInvariants(expect, received);
  });
});
