import { afterEach, beforeAll, beforeEach, describe, it, vi } from "vitest";
import { takeStripeEvent } from "../../src/payments/take-stripe-event.ts";
import { cutAct, everyCut } from "../support/cuts.ts";
import { type Fault, FAULTS, faultyWorker } from "../support/faults.ts";
import { expectInvariants, recover } from "../support/invariants.ts";
import { paidOrder, timelineOf } from "../support/payments/payments.ts";
import { paidByStripe, refundsOf } from "../support/payments/stripe-worker.ts";
import { demoWarehouses, newId } from "../support/shop/shop.ts";

/** No report makes so many outside calls. */
const TOO_MANY = 12;

beforeAll(demoWarehouses);
beforeEach(() => void vi.useFakeTimers({ toFake: ["Date"] }));
afterEach(() => void vi.useRealTimers());

describe("the report of a lost dispute, cut after every step and sent again", () => {
  it.for(FAULTS)("(%s) takes the money once", async (fault: Fault, { expect }) => {
    const { cuts, steps } = await everyCut(TOO_MANY, async (at) => {
      const order = await paidByStripe();
      const dispute = {
        disputeId: newId("dp"),
        intentId: order.intentId,
        amount: order.amount,
        currency: "INR",
        reason: "fraudulent",
      };
      const report = (status: string, createdS: number) => {
        return { eventId: newId("evt"), type: "charge.dispute", what: "disputed" as const, ...dispute, status, createdS };
      };
      await takeStripeEvent(faultyWorker().deps, report("needs_response", 1));
      const lost = report("lost", 2);

      const isCut = await cutAct(({ deps }) => takeStripeEvent(deps, lost), at, fault);
      const repeat = faultyWorker();
      await takeStripeEvent(repeat.deps, lost);
      await repeat.idle();
      return { isCut, ...order };
    });
    await recover(cuts.map(({ rice }) => rice));

    for (const { at, orderId, amount } of cuts) {
      const page = await paidOrder(orderId);
      expect(page, `${fault} at ${at}`).toMatchObject({ payment_status: "refunded", refunded_total: amount / 100 });
      expect((await timelineOf(orderId)).filter((what) => what === "dispute_lost")).toHaveLength(1);
      expect(await refundsOf(orderId)).toHaveLength(1);
    }
    await expectInvariants(expect, new Map(cuts.map(({ rice }) => [rice, 5])));
    expect(steps).toBeGreaterThanOrEqual(4);
    expect(steps).toBeLessThan(TOO_MANY);
  });
});
