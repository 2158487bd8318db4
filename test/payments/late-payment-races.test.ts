import { afterEach, beforeAll, beforeEach, describe, it, vi } from "vitest";
import { sweep } from "../../src/cron.ts";
import { settleLate } from "../../src/payments/settle-late.ts";
import { faultyWorker } from "../support/faults.ts";
import { expectInvariants, recover } from "../support/invariants.ts";
import { availableAt, orderOf, place } from "../support/orders/orders.ts";
import { confirmBy, expiredOrder, paidOrder } from "../support/payments/payments.ts";
import { stockedAhead } from "../support/shop/ahead.ts";
import { demoWarehouses, newId } from "../support/shop/shop.ts";

const UNITS = 5;
const stocked = stockedAhead();

beforeAll(demoWarehouses);
beforeEach(() => void vi.useFakeTimers({ toFake: ["Date"] }));
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

/** Ten races of one kind, repaired for all together: most of the time of a race is that of alarms and sweeps. */
async function tenRaces<R extends { productId: string; received: Map<string, number> }>(race: () => Promise<R>) {
  const races: R[] = [];
  for (let round = 0; round < 10; round += 1) races.push(await race());
  await recover(races.map(({ productId }) => productId));
  return { races, received: new Map(races.flatMap((each) => [...each.received])) };
}

describe("two at once", () => {
  it("two payments of one expired order: one is recorded, and the units are sold once", async ({ expect }) => {
    const { orderId, productId, received } = await expiredOrder(UNITS, { stocked });
    const workers = [faultyWorker(), faultyWorker(), faultyWorker()];

    const answers = await Promise.all(workers.map(({ deps }) => confirmBy(deps, orderId)));
    await Promise.all(workers.map((worker) => worker.idle()));
    await recover([productId]);

    expect(answers.filter((answer) => "code" in answer)).toEqual([{ code: "already_paid" }, { code: "already_paid" }]);
    expect(await paidOrder(orderId)).toMatchObject({ status: "PROCESSING", payment_status: "paid" });
    expect(await availableAt(productId)).toBe(UNITS - 1);
    await expectInvariants(expect, received);
  });

  it("one payment sent twice, and the sweep: the units are sold once", async ({ expect }) => {
    const { races, received } = await tenRaces(async () => {
      const order = await expiredOrder(1, { stocked });
      const { orderId } = order;
      const reference = newId("ref");
      const workers = [faultyWorker(), faultyWorker(), faultyWorker(), faultyWorker()];
      const [one, two, three, four] = workers.map(({ deps }) => deps);
      if (!one || !two || !three || !four) throw new Error("four");

      await Promise.all([
        confirmBy(one, orderId, reference),
        confirmBy(two, orderId, reference),
        settleLate(three, orderId).catch(() => undefined),
        sweep(four),
      ]);
      await Promise.all(workers.map((worker) => worker.idle()));
      return order;
    });

    for (const { orderId, productId } of races) {
      expect(await paidOrder(orderId)).toMatchObject({ status: "PROCESSING", payment_status: "paid" });
      expect(await availableAt(productId)).toBe(0);
    }
    await expectInvariants(expect, received);
  });

  it("a payment and the alarm that expires the order: paid, with its units once, in any order", async ({ expect }) => {
    const { races, received } = await tenRaces(async () => {
      const order = await expiredOrder(UNITS, { stocked, hasRung: false });
      const worker = faultyWorker();

      const [answer] = await Promise.all([confirmBy(worker.deps, order.orderId), order.ring()]);
      await worker.idle();
      return { answer, ...order };
    });

    for (const { answer, orderId, productId } of races) {
      expect(answer).not.toHaveProperty("code");
      expect(await paidOrder(orderId)).toMatchObject({ payment_status: "paid" });
      expect(await availableAt(productId)).toBe(UNITS - 1);
    }
    await expectInvariants(expect, received);
  });

  it("a late payment and a buyer of the last unit: one gets it, and the other's money is due back or never taken", async ({
    expect,
  }) => {
    const { races, received } = await tenRaces(async () => {
      const order = await expiredOrder(1, { stocked });
      const [payer, buyer] = [faultyWorker(), faultyWorker()];

      const racing = [confirmBy(payer.deps, order.orderId), place(buyer.deps, orderOf([order.productId]))] as const;
      const [, bought] = await Promise.all(racing);
      await Promise.all([payer.idle(), buyer.idle()]);
      return { bought, ...order };
    });

    for (const { bought, orderId, productId } of races) {
      const { status, payment_status: payment } = await paidOrder(orderId);
      expect([status, payment]).toEqual("order" in bought ? ["CANCELLED", "refund_due"] : ["PROCESSING", "paid"]);
      expect(await availableAt(productId)).toBe(0);
    }
    await expectInvariants(expect, received);
  });

  it("a payment whose Worker died with the last unit in its hold is settled by its repeat at once", async ({ expect }) => {
    const { orderId, productId, received } = await expiredOrder(1, { stocked });
    const reference = newId("ref");
    const dying = faultyWorker((call) => (call.to === "stock" && call.method === "reserve" ? "dies_after" : "none"));
    const dead = await Promise.race([confirmBy(dying.deps, orderId, reference), dying.died]);

    const answer = await confirmBy(faultyWorker().deps, orderId, reference);
    await recover([productId]);

    expect(dead).toBeUndefined();
    expect(answer).toMatchObject({ answer: { order: { status: "PROCESSING", paymentStatus: "paid" } } });
    await expectInvariants(expect, received);
  });
});
