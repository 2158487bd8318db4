import { afterEach, beforeAll, beforeEach, describe, it, vi } from "vitest";
import { faultyWorker } from "../../support/faults.ts";
import { expectInvariants, recover } from "../../support/invariants.ts";
import { cancelledOrder as cancelledNow, codeOf, reopenBy, statesOf } from "../../support/orders/ended.ts";
import { availableAt, orderOf, place } from "../../support/orders/orders.ts";
import { confirmBy, expiredOrder, paidOrder } from "../../support/payments/payments.ts";
import { stockedAhead } from "../../support/shop/ahead.ts";
import { demoWarehouses, newId } from "../../support/shop/shop.ts";

// Of several who want one order or its units at once, one wins, and each is told truly (S4).
const ROUNDS = 6;
const stocked = stockedAhead();

beforeAll(demoWarehouses);
beforeEach(() => void vi.useFakeTimers({ toFake: ["Date"] }));
afterEach(() => void vi.useRealTimers());

const cancelledOrder = () => cancelledNow({}, stocked);

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
