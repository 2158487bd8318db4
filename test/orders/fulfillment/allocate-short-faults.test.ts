import { afterEach, beforeAll, describe, it, vi } from "vitest";
import { sweep } from "../../../src/cron.ts";
import { allocateShort } from "../../../src/orders/fulfillment/allocate-short.ts";
import { atD1, atStock, FAULTS, faultyWorker, outcome, waitingAt } from "../../support/faults.ts";
import { post } from "../../support/http/requests.ts";
import { expectInvariants } from "../../support/invariants.ts";
import { ADMIN } from "../../support/orders/fulfillment.ts";
import { ORDERS, unitsOf } from "../../support/orders/http.ts";
import { cancel } from "../../support/orders/orders.ts";
import { demoWarehouses, receive } from "../../support/shop/shop.ts";
import { lineIn, shortOrders, shown } from "../../support/stock/short-shelf.ts";

beforeAll(demoWarehouses);
afterEach(() => void vi.useRealTimers());

/** Runs the sweep two minutes from now. */
async function sweepLater(): Promise<void> {
  vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 120_000 });
  const worker = faultyWorker();
  await sweep(worker.deps);
  await worker.idle();
  vi.useRealTimers();
}

/** Waits until D1 and the objects agree about a product of which so many units were received or found. */
async function quiet(expect: Parameters<typeof expectInvariants>[0], productId: string, units: number): Promise<void> {
  await vi.waitFor(() => expectInvariants(expect, new Map([[productId, units]])), 5_000);
}

describe("an allocation whose Worker fails", () => {
  const CALLS = [
    { call: "the batch that begins it", at: atD1("begin fill") },
    { call: "the call of the object", at: atStock("allocate", 1) },
    { call: "the batch that ends it", at: atD1("write once") },
  ];

  it.for(CALLS.flatMap(({ call, at }) => FAULTS.map((fault) => ({ call, at, fault }))))(
    "with $fault at $call gives the units once: by a retry with the key, or by the sweep",
    async ({ at, fault }, { expect }) => {
      const orders = [await shortOrders(), await shortOrders()];
      const request = (orderId: string) => ({ orderId, warehouseId: undefined });
      const workers = orders.map(() => faultyWorker((each) => (at(each) ? fault : "none")));
      for (const [index, { rice, newer }] of orders.entries()) {
        await receive(rice, 5);
        const worker = workers[index];
        const keyed = { id: `fill-${newer}`, requestHash: "" };
        if (worker)
          await outcome(
            worker,
            allocateShort(worker.deps, keyed, request(newer)).catch(() => undefined),
          );
      }
      const [retried, swept] = orders;
      if (!retried || !swept) return;

      await allocateShort(faultyWorker().deps, { id: `fill-${retried.newer}`, requestHash: "" }, request(retried.newer));
      for (const worker of workers) await worker.deliverLate();
      await sweepLater();

      expect(await lineIn(retried.newer)).toEqual([3, 0, 0, 0]);
      expect((await lineIn(swept.newer))[3]).toBeOneOf([0, 2]);
      await quiet(expect, retried.rice, 10);
      await quiet(expect, swept.rice, 10);
    },
  );

  it("gives the units once where the sweep ends it before its own Worker does", async ({ expect }) => {
    const { rice, newer } = await shortOrders();
    await receive(rice, 5);
    const { worker, waits, goOn } = waitingAt(atD1("write once"));
    const own = allocateShort(worker.deps, undefined, { orderId: newer, warehouseId: undefined });
    await waits;

    await sweepLater();
    goOn();
    await own;
    await worker.idle();

    expect(await lineIn(newer)).toEqual([3, 0, 0, 0]);
    await quiet(expect, rice, 10);
  });

  it("frees what was cancelled meanwhile, once, although two end it", async ({ expect }) => {
    const { rice, newer } = await shortOrders();
    await receive(rice, 5);
    const { worker, waits, goOn } = waitingAt(atD1("end fill"));
    const first = faultyWorker((each) => (atStock("allocate", 1)(each) ? "dies_after" : "none"));
    await outcome(first, allocateShort(first.deps, undefined, { orderId: newer, warehouseId: undefined }));
    await post(`${ORDERS}/${newer}/cancel`, { items: [{ line_no: 1, quantity: 2 }] }, ADMIN);
    const own = allocateShort(worker.deps, undefined, { orderId: newer, warehouseId: undefined }).catch(() => undefined);
    await waits;

    await sweepLater();
    goOn();
    await own;
    await worker.idle();

    expect(await lineIn(newer)).toEqual([3, 0, 2, 0]);
    await quiet(expect, rice, 10);
  });

  it("gives the units back where the order was cancelled meanwhile", async ({ expect }) => {
    const { rice, newer } = await shortOrders();
    await receive(rice, 5);
    const worker = faultyWorker((each) => (atStock("allocate", 1)(each) ? "dies_after" : "none"));
    await outcome(worker, allocateShort(worker.deps, undefined, { orderId: newer, warehouseId: undefined }));
    const other = faultyWorker();
    await cancel(other.deps, newer);
    await other.idle();

    await sweepLater();

    expect(await shown(newer)).toMatchObject({ status: "CANCELLED" });
    await vi.waitUntil(async () => String((await unitsOf(rice))["BLR"]) === "10,0,4");
    await quiet(expect, rice, 10);
  });
});
