import { afterEach, beforeAll, beforeEach, describe, it, vi } from "vitest";
import { everyCut } from "../support/cuts.ts";
import { type Fault, FAULTS } from "../support/faults.ts";
import { expectInvariants, recover } from "../support/invariants.ts";
import { paidOrder } from "../support/payments/payments.ts";
import { demoWarehouses } from "../support/shop/shop.ts";
import { paidByStripe, refundBy, refundsOf, stripeWorker, sweepAfter } from "../support/payments/stripe-worker.ts";

/** No refund makes so many outside calls. */
const TOO_MANY = 12;

beforeAll(demoWarehouses);
beforeEach(() => void vi.useFakeTimers({ toFake: ["Date"] }));
afterEach(() => void vi.useRealTimers());

describe("a refund cut after every step", () => {
  it.for(FAULTS)("(%s) goes back once: the sweep tells Stripe, and nothing is lost", async (fault: Fault, { expect }) => {
    const { cuts, steps } = await everyCut(TOO_MANY, async (at) => {
      const order = await paidByStripe();
      let calls = 0;
      const worker = stripeWorker([], () => {
        calls += 1;
        return calls === at ? fault : "none";
      });

      const ended = refundBy(worker, order.orderId).catch(() => undefined);
      await Promise.race([ended, worker.died]);
      await worker.deliverLate();
      const isCut = calls >= at;
      const healthy = stripeWorker();
      await sweepAfter(healthy, 10 * 60_000);
      return { isCut, told: new Set([...worker.done.keys(), ...healthy.done.keys()]).size, ...order };
    });
    await recover(cuts.map(({ rice }) => rice));

    for (const { at, orderId, amount, told } of cuts) {
      const rows = await refundsOf(orderId);
      expect(
        rows.every(({ status }) => status === "succeeded"),
        `${fault} at ${at}`,
      ).toBe(true);
      expect(told).toBe(rows.length);
      expect(await paidOrder(orderId)).toMatchObject({ refunded_total: rows.length, paid_total: amount / 100 });
    }
    await expectInvariants(expect, new Map(cuts.map(({ rice }) => [rice, 5])));
    expect(steps).toBeGreaterThanOrEqual(5);
  });
});
