import { afterEach, beforeAll, beforeEach, describe, it, vi } from "vitest";
import { takeStripeEvent } from "../../src/payments/take-stripe-event.ts";
import { cutAct, everyCut } from "../support/cuts.ts";
import { atD1, type Fault, FAULTS, faultyWorker, waitingAt } from "../support/faults.ts";
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

describe("reports that a dispute was lost, won and lost again", () => {
  /** An order whose dispute was lost at the fifth second, and what Stripe reports of it later. */
  async function lostOnce() {
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
    await takeStripeEvent(faultyWorker().deps, report("lost", 5));
    return { ...order, won: report("won", 7), lostAgain: report("lost", 9) };
  }

  it("come to one loss where the last is recorded between the reading and the writing of the one before", async ({ expect }) => {
    const { orderId, amount, won, lostAgain } = await lostOnce();
    const { worker, waits, goOn } = waitingAt(atD1("write once"));

    const first = takeStripeEvent(worker.deps, won);
    await waits;
    await takeStripeEvent(faultyWorker().deps, lostAgain);
    goOn();
    await first;

    expect(await paidOrder(orderId)).toMatchObject({ payment_status: "refunded", refunded_total: amount / 100 });
    expect(await refundsOf(orderId)).toMatchObject([{ status: "succeeded" }]);
  });

  it("come to a second loss where the one before is recorded first: the last is asked for again", async ({ expect }) => {
    const { orderId, amount, won, lostAgain } = await lostOnce();
    const { worker, waits, goOn } = waitingAt(atD1("renew dispute"));

    const last = takeStripeEvent(worker.deps, lostAgain);
    await waits;
    await takeStripeEvent(faultyWorker().deps, won);
    goOn();

    await expect(last).rejects.toMatchObject({ code: "unresolved" });
    await takeStripeEvent(faultyWorker().deps, lostAgain);
    expect(await paidOrder(orderId)).toMatchObject({ payment_status: "refunded", refunded_total: amount / 100 });
    expect(await refundsOf(orderId)).toMatchObject([{ status: "failed" }, { status: "succeeded" }]);
  });
});
