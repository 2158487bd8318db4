import { runDurableObjectAlarm } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, beforeAll, beforeEach, describe, it, vi } from "vitest";
import { cutAct, everyCut, inTurn } from "../../support/cuts.ts";
import { FAULTS, faultyWorker } from "../../support/faults.ts";
import { expectInvariants, recover } from "../../support/invariants.ts";
import { cancelledOrder, type Ended, reopenBy, statesOf } from "../../support/orders/ended.ts";
import { availableAt, cancel, placedBy } from "../../support/orders/orders.ts";
import { stockedAhead } from "../../support/shop/ahead.ts";
import { demoWarehouses, newId } from "../../support/shop/shop.ts";

// An order is reopened (S4) while calls are lost and Workers die.
const stocked = stockedAhead();
const TOO_MANY = 14;

beforeAll(demoWarehouses);
beforeEach(() => void vi.useFakeTimers({ toFake: ["Date"] }));
afterEach(() => void vi.useRealTimers());

/** Orders that ended, one for each cut. */
const CASES: Record<string, (count: number) => Promise<Ended[]>> = {
  "a cancelled cash order": (count) => many(count, () => cancelledOrder({}, stocked)),
  "a cancelled order whose units are not back yet": (count) =>
    many(count, async () => {
      const productId = await stocked(1);
      const worker = faultyWorker((call) => (call.to === "stock" && call.method === "cancelHold" ? "lost" : "none"));
      const { orderId } = await placedBy(worker, productId);
      await cancel(worker.deps, orderId);
      await worker.idle().catch(() => undefined);
      return { orderId, productId, received: new Map([[productId, 1]]) };
    }),
  "an expired order that waits for its payment again": async (count) => {
    const waiting = await many(count, async () => {
      const productId = await stocked(1);
      const worker = faultyWorker();
      const { orderId } = await placedBy(worker, productId, { paymentMethod: "card" });
      await worker.idle();
      return { orderId, productId, received: new Map([[productId, 1]]) };
    });
    vi.setSystemTime(Date.now() + 31 * 60_000);
    for (const { productId } of waiting) await runDurableObjectAlarm(env.STOCK.getByName(productId));
    return waiting;
  },
};

const many = (count: number, make: () => Promise<Ended>) => inTurn(Array.from({ length: count }), make);

describe.for(Object.entries(CASES))("%s", ([, ended]) => {
  it.for(FAULTS)("is reopened once, cut after every step (%s) and repeated by its key", async (fault, { expect }) => {
    const orders = await ended(TOO_MANY);
    const { cuts, steps } = await everyCut(TOO_MANY, async (at) => {
      const order = orders[at - 1];
      if (!order) throw new Error(String(at));
      const key = newId("key");
      const isCut = await cutAct(({ deps }) => reopenBy(deps, order.orderId, key), at, fault);
      return { isCut, key, ...order };
    });
    const [orderIds, productIds] = [cuts.map(({ orderId }) => orderId), cuts.map(({ productId }) => productId)];
    const received = new Map(cuts.flatMap((cut) => [...cut.received]));

    // Whatever became of it, it is one of the two, with or without its unit.
    await recover(productIds, 3);
    await expectInvariants(expect, received);
    const cut = await statesOf(orderIds);
    const again = await inTurn(cuts, ({ orderId, key }) => reopenBy(faultyWorker().deps, orderId, key));
    await recover(productIds, 3);

    for (const [index, { at, productId }] of cuts.entries()) {
      const isDone = cut[index]?.status === "PENDING";
      expect(await availableAt(productId), `${fault} at ${at}, done: ${isDone}`).toBe(0);
      expect(again[index], `${fault} at ${at}`).toMatchObject({ replayed: isDone, answer: { order: { status: "PENDING" } } });
    }
    expect(await statesOf(orderIds)).toMatchObject(cuts.map(() => ({ status: "PENDING", reopened: 1 })));
    expect(cut.some((state) => state?.status === "PENDING")).toBe(true);
    await expectInvariants(expect, received);
    expect(steps).toBeGreaterThanOrEqual(5);
    expect(steps).toBeLessThan(TOO_MANY);
  });
});
