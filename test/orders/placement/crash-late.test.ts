import { evictDurableObject, runDurableObjectAlarm } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, beforeAll, beforeEach, describe, it, vi } from "vitest";
import { StockCounter } from "../../../src/index.ts";
import { atD1, faultyWorker, isRecord } from "../../support/faults.ts";
import { expectInvariants, recover } from "../../support/invariants.ts";
import { availableAt, orderOf, ordersOf, place, placedBy, stocked } from "../../support/orders/orders.ts";
import { demoWarehouses } from "../../support/shop/shop.ts";
import { unitsOf } from "../../support/stock/stock.ts";

// The crash table of docs/architecture.md, continued: messages that arrive late or twice.
const UNITS = 5;

beforeAll(demoWarehouses);
beforeEach(() => void vi.useFakeTimers({ toFake: ["Date"] }));
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

describe("late messages to D1 or the objects", () => {
  it("a record batch that runs after its Worker gave up finds its hold fenced and writes nothing", async ({ expect }) => {
    const productId = await stocked(UNITS);

    const worker = faultyWorker((call) => (isRecord(call) ? "late" : "none"));
    const answer = await place(worker.deps, orderOf([productId]));
    await worker.idle();
    await worker.deliverLate();
    await recover([productId]);

    expect(answer).toEqual({ code: "unresolved" });
    expect(await ordersOf(productId)).toEqual([]);
    await expectInvariants(expect, new Map([[productId, UNITS]]));
  });

  it("a record batch that runs late, after the alarm fenced its hold, writes nothing", async ({ expect }) => {
    const productId = await stocked(UNITS);

    const worker = faultyWorker((call) => (isRecord(call) ? "late" : atD1("resolve record")(call) ? "lost" : "none"));
    await place(worker.deps, orderOf([productId]));
    await recover([productId]);
    await worker.deliverLate();
    await recover([productId]);

    expect(await ordersOf(productId)).toEqual([]);
    expect(await availableAt(productId)).toBe(UNITS);
    await expectInvariants(expect, new Map([[productId, UNITS]]));
  });

  it("commits that never arrived, each by itself or together, are made by the alarm", async ({ expect }) => {
    const productId = await stocked(UNITS);
    const worker = faultyWorker((call) => (call.to === "stock" && call.method === "commit" ? "lost" : "none"));
    const orders = [await placedBy(worker, productId), await placedBy(worker, productId)];
    await worker.idle();

    await recover([productId]);

    expect((await ordersOf(productId)).map(({ orderId }) => orderId).toSorted()).toEqual(
      orders.map(({ orderId }) => orderId).toSorted(),
    );
    expect(await unitsOf(env.STOCK.getByName(productId), { variantId: productId })).toEqual([UNITS, 0, 2]);
    await expectInvariants(expect, new Map([[productId, UNITS]]));
  });

  it("reserve, commit, keep and release that come late or twice after the hold ended change nothing", async ({ expect }) => {
    const productId = await stocked(UNITS);
    const worker = faultyWorker();
    const order = await placedBy(worker, productId);
    await worker.idle();
    const stock = env.STOCK.getByName(productId);
    const line = { lines: [{ variantId: productId, quantity: 1 }], ranking: ["BLR"], policy: "single" as const, waitMs: 0 };

    const again = await stock.reserve({ holdId: order.holdId, ...line });
    for (let times = 0; times < 2; times += 1) {
      await stock.commit(order.holdId);
      await stock.keep(order.holdId, Date.now());
      await stock.release(order.holdId);
    }
    await recover([productId]);

    expect(again).toEqual({ outcome: "ended" });
    expect(await availableAt(productId)).toBe(UNITS - 1);
    await expectInvariants(expect, new Map([[productId, UNITS]]));
  });

  it("a reserve that comes after its order was refused is fenced and released by the alarm", async ({ expect }) => {
    const productId = await stocked(UNITS);

    const worker = faultyWorker((call) => (call.to === "stock" && call.method === "reserve" ? "late" : "none"));
    const answer = await place(worker.deps, orderOf([productId]));
    await worker.idle();
    await worker.deliverLate();
    const heldMeanwhile = await availableAt(productId);
    await recover([productId]);

    expect(answer).toEqual({ code: "unresolved" });
    expect(heldMeanwhile).toBe(UNITS - 1);
    expect(await availableAt(productId)).toBe(UNITS);
    await expectInvariants(expect, new Map([[productId, UNITS]]));
  });

  it("a call whose answer is lost is repeated under the same hold, and reserves once", async ({ expect }) => {
    const productId = await stocked(UNITS);
    // oxlint-disable-next-line typescript/unbound-method -- it is called with the object below
    const { reserve } = StockCounter.prototype;
    const lossy = vi.spyOn(StockCounter.prototype, "reserve").mockImplementationOnce(async function lose(
      this: StockCounter,
      request,
    ) {
      await reserve.call(this, request);
      throw new Error("fault: the answer was lost");
    });

    const worker = faultyWorker();
    const order = await placedBy(worker, productId);
    await worker.idle();
    await recover([productId]);

    expect(lossy.mock.calls.map(([request]) => request.holdId)).toEqual([order.holdId, order.holdId]);
    await expectInvariants(expect, new Map([[productId, UNITS]]));
  });
});

describe("an object that dies", () => {
  it("after the commit, before its flush: its alarm flushes, and a flush that was applied twice changes nothing", async ({
    expect,
  }) => {
    const productId = await stocked(UNITS);
    const worker = faultyWorker();
    await placedBy(worker, productId);
    await worker.idle();
    await evictDurableObject(env.STOCK.getByName(productId));
    const batch = env.DB.batch.bind(env.DB);
    vi.spyOn(env.DB, "batch").mockImplementationOnce(async (statements) => {
      await batch(statements);
      throw new Error("fault: the answer was lost");
    });

    vi.setSystemTime(Date.now() + 2_000);
    await runDurableObjectAlarm(env.STOCK.getByName(productId));
    await recover([productId]);

    await expectInvariants(expect, new Map([[productId, UNITS]]));
  });
});
