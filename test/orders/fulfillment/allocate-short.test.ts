import { afterEach, beforeAll, describe, it, vi } from "vitest";
import { sweep } from "../../../src/cron.ts";
import { allocateShort } from "../../../src/orders/fulfillment/allocate-short.ts";
import { atD1, atStock, FAULTS, faultyWorker, outcome, waitingAt } from "../../support/faults.ts";
import { post } from "../../support/http/requests.ts";
import { expectInvariants } from "../../support/invariants.ts";
import { ADMIN, fulfillments, ship } from "../../support/orders/fulfillment.ts";
import { newKey, ORDERS, type ProblemBody, read, unitsOf } from "../../support/orders/http.ts";
import { cancel } from "../../support/orders/orders.ts";
import { demoWarehouses, receive } from "../../support/shop/shop.ts";
import { alertOf, lineIn, shortOrders, shown, type ShownOrder } from "../../support/stock/short-shelf.ts";

beforeAll(demoWarehouses);
afterEach(() => void vi.useRealTimers());

async function allocate<B = ShownOrder>(orderId: string, warehouseId?: string, key = newKey()) {
  const body = warehouseId === undefined ? undefined : { warehouse_id: warehouseId };
  return read<B>(await post(`${ORDERS}/${orderId}/allocations`, body, { ...ADMIN, key }));
}

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

describe("POST /api/v1/orders/{order_id}/allocations", () => {
  it("gives an order that is short what has come in since, and the order can be completed", async ({ expect }) => {
    const { rice, newer } = await shortOrders();
    await receive(rice, 5);
    const key = newKey();

    const { status, body } = await allocate(newer, undefined, key);
    const again = await allocate(newer, undefined, key);
    const left = await ship(newer, "BLR");

    expect([status, body]).toMatchObject([200, { stock_short: false }]);
    expect(again.headers.get("Idempotency-Replayed")).toBe("true");
    expect(await lineIn(newer)).toEqual([3, 3, 0, 0]);
    expect((await shown(newer)).events.map(({ what }) => what)).toContain("allocated");
    expect(await alertOf(newer)).toBeUndefined();
    expect(left.body).toMatchObject({ order_status: "COMPLETED" });
    await quiet(expect, rice, 10);
  });

  it("takes as many as are free, and says that the rest is short", async ({ expect }) => {
    const { rice, newer } = await shortOrders();
    const nothing = await allocate<ProblemBody>(newer);
    await receive(rice, 1);

    const { body } = await allocate(newer);

    expect(nothing.body).toMatchObject({ status: 409, code: "order_short", short: [{ quantity: 2 }] });
    expect(body.stock_short).toBe(true);
    expect(await lineIn(newer)).toEqual([3, 0, 0, 1]);
    expect(await alertOf(newer)).toMatchObject([{ quantity: 2 }]);
    expect(await unitsOf(rice)).toEqual({ BLR: [6, 0, 6] });
    await quiet(expect, rice, 6);
  });

  it("moves what is short to another warehouse, which has it to hand over from then on", async ({ expect }) => {
    const { rice, newer } = await shortOrders();
    await receive(rice, 4, { warehouseId: "MUM" });

    const { body } = await allocate(newer, "MUM");
    const work = await fulfillments("warehouse_id=MUM");
    const parcels = [await ship(newer, "MUM"), await ship(newer, "BLR")];

    expect(body).toMatchObject({ stock_short: false, items: [{ allocations: [{ quantity: 1 }, { quantity: 2, short: 0 }] }] });
    expect(work.fulfillments.find((each) => each.order_id === newer)?.lines).toMatchObject([{ quantity: 2 }]);
    expect(parcels.map((each) => each.body.order_status)).toEqual(["PROCESSING", "COMPLETED"]);
    await quiet(expect, rice, 9);
  });

  it("refuses an unknown warehouse and a closed order, and leaves one that is not short", async ({ expect }) => {
    const { rice, older, newer } = await shortOrders();

    const unknown = await allocate<ProblemBody>(newer, "NOWHERE");
    const notShort = await allocate(older);
    await read(await post(`${ORDERS}/${newer}/cancel`, undefined, ADMIN));
    const closed = await allocate<ProblemBody>(newer);
    const guest = await post(`${ORDERS}/${older}/allocations`, undefined, {});

    expect(unknown.body).toMatchObject({ code: "validation_failed", errors: [{ field: "warehouse_id" }] });
    expect([notShort.status, notShort.body.stock_short]).toEqual([200, false]);
    expect(closed.body).toMatchObject({ code: "illegal_transition", status_now: "CANCELLED" });
    expect(guest.status).toBe(401);
    await quiet(expect, rice, 5);
  });

  it("acts once of two at the same time", async ({ expect }) => {
    const { rice, newer } = await shortOrders();
    await receive(rice, 5);

    const answers = await Promise.all([allocate(newer), allocate(newer), allocate(newer)]);

    expect(answers.filter(({ status }) => status === 200).length).toBeGreaterThan(0);
    expect(await lineIn(newer)).toEqual([3, 0, 0, 0]);
    await quiet(expect, rice, 10);
  });
});

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
