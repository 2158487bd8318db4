import { runDurableObjectAlarm } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, beforeAll, beforeEach, describe, it, vi } from "vitest";
import { refundOrder } from "../../../src/payments/refund-order.ts";
import { cutAct, everyCut, inTurn } from "../../support/cuts.ts";
import { atD1, atStock, FAULTS, faultyWorker, waitingAt } from "../../support/faults.ts";
import { expectInvariants, recover } from "../../support/invariants.ts";
import { reopenBy } from "../../support/orders/ended.ts";
import { availableAt, cancel, orderOf, outcomeOf, place, placedBy } from "../../support/orders/orders.ts";
import { confirmBy, expiredOrder, paidOrder, rowsOf } from "../../support/payments/payments.ts";
import { insertPromo, useCounts } from "../../support/pricing/promo.ts";
import { stockedAhead } from "../../support/shop/ahead.ts";
import { demoWarehouses, newId } from "../../support/shop/shop.ts";

// An order is reopened (S4) while calls are lost, Workers die, and others want the same order or its units.
const stocked = stockedAhead();
const TOO_MANY = 14;
const ROUNDS = 6;

beforeAll(demoWarehouses);
beforeEach(() => void vi.useFakeTimers({ toFake: ["Date"] }));
afterEach(() => void vi.useRealTimers());

/** An order of the only unit of a product, cancelled, and its units back. */
async function cancelledOrder(more: Parameters<typeof placedBy>[2] = {}) {
  const productId = await stocked(1);
  const worker = faultyWorker();
  const { orderId } = await placedBy(worker, productId, more);
  await cancel(worker.deps, orderId);
  await worker.idle();
  return { orderId, productId, received: new Map([[productId, 1]]) };
}

interface Ended {
  orderId: string;
  productId: string;
  received: Map<string, number>;
}

/** Orders that ended, one for each cut. */
const CASES: Record<string, (count: number) => Promise<Ended[]>> = {
  "a cancelled cash order": (count) => many(count, () => cancelledOrder()),
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

/** Status, and how often each order was reopened. */
async function statesOf(orderIds: readonly string[]) {
  const rows = await rowsOf<{ id: string; status: string; reopened: number }>(
    `SELECT order_id AS id, status, (SELECT count(*) FROM order_events e WHERE e.order_id = o.order_id AND what = 'reopened') AS reopened
     FROM orders o WHERE order_id IN (SELECT value FROM json_each(?))`,
    JSON.stringify(orderIds),
  );
  return orderIds.map((orderId) => rows.find(({ id }) => id === orderId));
}

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

/** Races of one kind, repaired for all together. */
async function races<R extends { orderId: string; productId: string; received: Map<string, number> }>(race: () => Promise<R>) {
  const all: R[] = [];
  for (let round = 0; round < ROUNDS; round += 1) all.push(await race());
  await recover(
    all.map(({ productId }) => productId),
    3,
  );
  return {
    all,
    states: await statesOf(all.map(({ orderId }) => orderId)),
    received: new Map(all.flatMap((each) => [...each.received])),
  };
}

const codeOf = (answer: object) => ("code" in answer ? answer.code : "answer");

describe("two at once", () => {
  it.for(["one key", "two keys", "no key"])(
    "two reopenings of one order act once (%s), and both are told truly",
    async (keys, { expect }) => {
      const { all, states, received } = await races(async () => {
        const ended = await cancelledOrder();
        const key = newId("key");
        const given = { "one key": [key, key], "two keys": [key, newId("key")], "no key": [undefined, undefined] }[keys] ?? [];
        const workers = given.map(() => faultyWorker());

        const answers = await Promise.all(workers.map(({ deps }, index) => reopenBy(deps, ended.orderId, given[index])));
        await Promise.all(workers.map((worker) => worker.idle()));
        return { answers: answers.map(codeOf).toSorted(), ...ended };
      });

      expect(states).toMatchObject(all.map(() => ({ status: "PENDING", reopened: 1 })));
      for (const { answers, productId } of all) {
        expect(answers[0]).toBe("answer");
        const allowed = keys === "one key" ? ["answer", "unresolved"] : ["illegal_transition", "unresolved"];
        expect(allowed).toContain(answers[1]);
        expect(await availableAt(productId)).toBe(0);
      }
      await expectInvariants(expect, received);
    },
  );

  it("a late payment and a reopening: the order has its unit once, and the money counts", async ({ expect }) => {
    const { all, received } = await races(async () => {
      const ended = await expiredOrder(1, { stocked });
      const workers = [faultyWorker(), faultyWorker()] as const;

      const [reopened, paid] = await Promise.all([
        reopenBy(workers[0].deps, ended.orderId),
        confirmBy(workers[1].deps, ended.orderId),
      ]);
      await Promise.all(workers.map((worker) => worker.idle()));
      return { reopened, paid, ...ended };
    });

    for (const { reopened, orderId, productId } of all) {
      const { status, payment_status: payment } = await paidOrder(orderId);
      const isReopened = !("code" in reopened);
      expect([status, payment]).toEqual([isReopened ? "PENDING" : "PROCESSING", "paid"]);
      if (!isReopened) expect(["not_reopenable", "illegal_transition", "unresolved"]).toContain(reopened.code);
      expect(await availableAt(productId)).toBe(0);
    }
    await expectInvariants(expect, received);
  });

  it("a buyer of the last unit and a reopening: one gets it, the other is told that it is short", async ({ expect }) => {
    const { all, states, received } = await races(async () => {
      const ended = await cancelledOrder();
      const workers = [faultyWorker(), faultyWorker()] as const;
      const [reopened, bought] = await Promise.all([
        reopenBy(workers[0].deps, ended.orderId),
        place(workers[1].deps, orderOf([ended.productId])),
      ]);
      await Promise.all(workers.map((worker) => worker.idle()));
      return { answers: [reopened, bought].map(codeOf).toSorted(), isReopened: !("code" in reopened), ...ended };
    });

    expect(states.map((state) => state?.status)).toEqual(all.map(({ isReopened }) => (isReopened ? "PENDING" : "CANCELLED")));
    for (const { answers } of all) expect(answers).toEqual(["answer", "insufficient_stock"]);
    await expectInvariants(expect, received);
  });
});

describe("what happens between the look at an order and its record", () => {
  /** Reopens an order, and acts when its units are reserved. */
  async function meanwhile(orderId: string, act: () => Promise<unknown>) {
    const { worker, waits, goOn } = waitingAt(atD1("write once"));
    const reopened = reopenBy(worker.deps, orderId);
    await waits;
    await act();
    goOn();
    const answer = await reopened;
    await worker.idle();
    return codeOf(answer);
  }

  it("a payment of an expired order wins: the reopening is refused, and the order is supplied", async ({ expect }) => {
    const { orderId, productId, received } = await expiredOrder(1, { stocked });

    const code = await meanwhile(orderId, async () => {
      const payer = faultyWorker();
      expect(await confirmBy(payer.deps, orderId)).toMatchObject({ answer: { order: { status: "PROCESSING" } } });
      await payer.idle();
    });
    await recover([productId], 2);

    expect([code, (await paidOrder(orderId)).status]).toEqual(["illegal_transition", "PROCESSING"]);
    await expectInvariants(expect, received);
  });

  it("a refund wins: the reopening is refused, and its unit is free", async ({ expect }) => {
    const { orderId, productId, received } = await expiredOrder(1, { stocked });
    await confirmBy(faultyWorker().deps, orderId);
    await cancel(faultyWorker().deps, orderId);

    const code = await meanwhile(orderId, () =>
      outcomeOf(refundOrder(faultyWorker().deps, undefined, { orderId, amountMinor: 1, reason: "sorry" })),
    );
    await recover([productId], 2);

    expect([code, (await paidOrder(orderId)).status, await availableAt(productId)]).toEqual(["not_reopenable", "CANCELLED", 1]);
    await expectInvariants(expect, received);
  });

  it("the last use of its code wins: the reopening is refused, and the use counts once", async ({ expect }) => {
    const { code: promoCode, ruleId } = await insertPromo({ usageLimit: 1 });
    const { orderId, productId, received } = await cancelledOrder({ promoCode });
    const other = await stocked(1);

    const code = await meanwhile(orderId, () => placedBy(faultyWorker(), other, { promoCode }));
    await recover([productId, other], 2);

    expect([code, (await useCounts(ruleId)).all, await availableAt(productId)]).toEqual(["not_reopenable", 1, 1]);
    await expectInvariants(expect, received);
  });

  it("the last unit that the customer may buy wins: the reopening is refused", async ({ expect }) => {
    const buyer = { customerEmail: `${newId("asha")}@example.com` };
    const { orderId, productId } = await cancelledOrder(buyer);
    await rowsOf("UPDATE products SET max_per_customer = 1 WHERE product_id = ?", productId);
    const two = faultyWorker();

    const code = await meanwhile(orderId, async () => {
      const rival = await placedBy(two, await stocked(1), buyer);
      // As if it were of the same product.
      await rowsOf("UPDATE order_items SET product_id = ? WHERE order_id = ?", productId, rival.orderId);
      await rowsOf(
        "INSERT INTO limited_purchases (product_id, customer, order_id, quantity) VALUES (?, ?, ?, 1)",
        productId,
        `email:${buyer.customerEmail}`,
        rival.orderId,
      );
    });

    expect([code, (await paidOrder(orderId)).status]).toEqual(["max_per_customer_exceeded", "CANCELLED"]);
  });

  it("an object that does not answer leaves the order as it was, and a repeat reopens it", async ({ expect }) => {
    const { orderId, productId, received } = await cancelledOrder();
    const silent = faultyWorker((call) => (call.to === "stock" && call.method === "reserve" ? "lost" : "none"));

    const code = codeOf(await reopenBy(silent.deps, orderId, "silent"));
    await silent.idle();
    const again = await reopenBy(faultyWorker((call) => (atStock("commit", 1)(call) ? "lost" : "none")).deps, orderId, "silent");
    await recover([productId], 2);

    expect([code, codeOf(again), await availableAt(productId)]).toEqual(["unresolved", "answer", 0]);
    await expectInvariants(expect, received);
  });
});
