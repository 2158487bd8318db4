import { afterEach, beforeAll, beforeEach, describe, it, vi } from "vitest";
import { type Fault, FAULTS } from "../support/faults.ts";
import { expectInvariants, recover } from "../support/invariants.ts";
import { paidOrder } from "../support/payments/payments.ts";
import { demoWarehouses } from "../support/shop/shop.ts";
import { paidByStripe, refundBy, refundsOf, stripeWorker, sweepAfter } from "../support/payments/stripe-worker.ts";

beforeAll(demoWarehouses);
beforeEach(() => void vi.useFakeTimers({ toFake: ["Date"] }));
afterEach(() => void vi.useRealTimers());

describe("a refund cut after every step", () => {
  it.for(FAULTS)("(%s) goes back once: the sweep tells Stripe, and nothing is lost", async (fault: Fault, { expect }) => {
    let steps = 0;
    for (let isCut = true; isCut && steps < 12;) {
      const at = steps + 1;
      const { orderId, rice, amount } = await paidByStripe();
      let calls = 0;
      const worker = stripeWorker([], () => {
        calls += 1;
        return calls === at ? fault : "none";
      });

      const ended = refundBy(worker, orderId).catch(() => undefined);
      await Promise.race([ended, worker.died]);
      await worker.deliverLate();
      isCut = calls >= at;
      if (isCut) steps = at;
      const healthy = stripeWorker();
      await sweepAfter(healthy, 10 * 60_000);
      await recover([rice]);

      const rows = await refundsOf(orderId);
      expect(
        rows.every(({ status }) => status === "succeeded"),
        `${fault} at ${at}`,
      ).toBe(true);
      expect(new Set([...worker.done.keys(), ...healthy.done.keys()]).size).toBe(rows.length);
      expect(await paidOrder(orderId)).toMatchObject({ refunded_total: rows.length, paid_total: amount / 100 });
      await expectInvariants(expect, new Map([[rice, 5]]));
    }
    expect(steps).toBeGreaterThanOrEqual(5);
  });
});
