import { env } from "cloudflare:workers";
import { afterEach, beforeAll, beforeEach, describe, it, vi } from "vitest";
import { atD1, faultyWorker, isRecord } from "../../support/faults.ts";
import { expectInvariants, recover } from "../../support/invariants.ts";
import { availableAt, cancel, orderOf, ordersOf, place, placedBy, stocked } from "../../support/orders/orders.ts";
import { demoWarehouses, newId } from "../../support/shop/shop.ts";

// The crash table of docs/architecture.md, continued: cancellation, and two attempts with one key.
const UNITS = 5;

beforeAll(demoWarehouses);
beforeEach(() => void vi.useFakeTimers({ toFake: ["Date"] }));
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

describe("cancelling", () => {
  it("by a Worker that dies between D1 and the objects leaves the end of its hold pending, and the sweep does it", async ({
    expect,
  }) => {
    const productId = await stocked(UNITS);
    const worker = faultyWorker();
    const order = await placedBy(worker, productId);
    await worker.idle();

    const dying = faultyWorker((call) => (call.to === "stock" ? "dies_before" : "none"));
    await cancel(dying.deps, order.orderId);
    await dying.died;
    const soldMeanwhile = await availableAt(productId);
    await recover([productId]);

    expect(soldMeanwhile).toBe(UNITS - 1);
    expect(await availableAt(productId)).toBe(UNITS);
    await expectInvariants(expect, new Map([[productId, UNITS]]));
  });

  it("between record and commit ends the hold, so that the late commit finds nothing", async ({ expect }) => {
    const productId = await stocked(UNITS);

    const worker = faultyWorker((call) => (call.to === "stock" && call.method === "commit" ? "late" : "none"));
    const answer = await place(worker.deps, orderOf([productId]));
    if (!("order" in answer)) throw new Error(answer.code);
    const cancelling = faultyWorker();
    await cancel(cancelling.deps, answer.order.orderId);
    await cancelling.idle();
    await worker.deliverLate();
    await recover([productId]);

    expect(await availableAt(productId)).toBe(UNITS);
    await expectInvariants(expect, new Map([[productId, UNITS]]));
  });

  it("is safe to repeat when D1's answer was lost", async ({ expect }) => {
    const productId = await stocked(UNITS);
    const worker = faultyWorker();
    const order = await placedBy(worker, productId);
    await worker.idle();

    const silent = faultyWorker((call) => (atD1("write once")(call) || atD1("kept answer", 2)(call) ? "answer_lost" : "none"));
    const first = await cancel(silent.deps, order.orderId, "key");
    const repeated = await cancel(faultyWorker().deps, order.orderId, "key");
    await recover([productId]);

    expect(first).toEqual({ code: "unresolved" });
    expect(repeated).toMatchObject({ replayed: true, answer: { order: { status: "CANCELLED" } } });
    expect(await availableAt(productId)).toBe(UNITS);
    await expectInvariants(expect, new Map([[productId, UNITS]]));
  });

  it("twice at once frees its units once", async ({ expect }) => {
    const productId = await stocked(UNITS);
    const worker = faultyWorker();
    const order = await placedBy(worker, productId);
    await worker.idle();

    const workers = [faultyWorker(), faultyWorker()];
    const answers = await Promise.all(workers.map(({ deps }) => cancel(deps, order.orderId)));
    await Promise.all(workers.map((each) => each.idle()));
    await recover([productId]);

    expect(answers.filter((answer) => "answer" in answer)).toHaveLength(1);
    expect(answers).toContainEqual({ code: "illegal_transition" });
    expect(await availableAt(productId)).toBe(UNITS);
    await expectInvariants(expect, new Map([[productId, UNITS]]));
  });
});

describe("two attempts with one key", () => {
  it("a retry gets the last unit at once from its dead first attempt", async ({ expect }) => {
    const productId = await stocked(1);
    const key = newId("key");
    const dying = faultyWorker((call) => (isRecord(call) ? "dies_before" : "none"));
    void place(dying.deps, orderOf([productId]), key);
    await dying.died;

    const worker = faultyWorker();
    const retried = await place(worker.deps, orderOf([productId]), key);
    await worker.idle();
    await recover([productId]);

    expect(retried).toMatchObject({ replayed: false });
    await expectInvariants(expect, new Map([[productId, 1]]));
  });

  it("a dead attempt's hold beside the recorded one is released by its alarm", async ({ expect }) => {
    const productId = await stocked(UNITS);
    const key = newId("key");
    const dying = faultyWorker((call) => (isRecord(call) ? "dies_before" : "none"));
    void place(dying.deps, orderOf([productId]), key);
    await dying.died;

    const worker = faultyWorker();
    const retried = await place(worker.deps, orderOf([productId]), key);
    await worker.idle();
    const heldMeanwhile = await availableAt(productId);
    await recover([productId]);

    expect(retried).toMatchObject({ replayed: false });
    expect(heldMeanwhile).toBe(UNITS - 2);
    await expectInvariants(expect, new Map([[productId, UNITS]]));
  });

  it("one short, one not: the row names the winner, and the loser releases its own hold", async ({ expect }) => {
    const productId = await stocked(1);
    const key = newId("key");

    const workers = [faultyWorker(), faultyWorker(), faultyWorker()];
    const answers = await Promise.all(workers.map(({ deps }) => place(deps, orderOf([productId]), key)));
    await Promise.all(workers.map((each) => each.idle()));
    await recover([productId]);
    const last = await place(faultyWorker().deps, orderOf([productId]), key);

    for (const answer of answers) expect("order" in answer || answer.code === "unresolved").toBe(true);
    expect(last).toMatchObject({ order: { orderId: `ORD${key}` } });
    expect(await ordersOf(productId)).toHaveLength(1);
    await expectInvariants(expect, new Map([[productId, 1]]));
  });

  it("at once with stock for both make one order and take its units once", async ({ expect }) => {
    const productId = await stocked(UNITS);
    const key = newId("key");

    const workers = Array.from({ length: 8 }, () => faultyWorker());
    const answers = await Promise.all(workers.map(({ deps }) => place(deps, orderOf([productId]), key)));
    await Promise.all(workers.map((each) => each.idle()));
    await recover([productId]);

    expect(answers.filter((answer) => "order" in answer && !answer.replayed)).toHaveLength(1);
    expect(await ordersOf(productId)).toHaveLength(1);
    expect(await availableAt(productId)).toBe(UNITS - 1);
    await expectInvariants(expect, new Map([[productId, UNITS]]));
  });

  it("a keyed refusal that D1 did not confirm is 503; a confirmed one stays a refusal after a receipt", async ({ expect }) => {
    const productId = await stocked(0);
    const key = newId("key");

    const silent = faultyWorker((call) => (atD1("keep refusal")(call) ? "lost" : "none"));
    const undecided = await place(silent.deps, orderOf([productId]), key);
    const refused = await place(faultyWorker().deps, orderOf([productId]), key);
    await env.STOCK.getByName(productId).adjust({
      kind: "receive",
      variantId: productId,
      warehouseId: "BLR",
      quantity: 1,
      referenceId: newId("receipt"),
      requestHash: "",
      externalReference: null,
      reason: null,
      actor: "test",
    });
    const again = await place(faultyWorker().deps, orderOf([productId]), key);

    expect([undecided, refused, again]).toEqual([
      { code: "unresolved" },
      { code: "insufficient_stock" },
      { code: "insufficient_stock" },
    ]);
    expect(await availableAt(productId)).toBe(1);
  });
});
