import { afterEach, beforeAll, beforeEach, describe, it, vi } from "vitest";
import { refundOrder } from "../../src/payments/refund-order.ts";
import { takePayment } from "../../src/payments/take-payment.ts";
import { faultyWorker } from "../support/faults.ts";
import { expectInvariants, recover } from "../support/invariants.ts";
import { placedBy, stocked } from "../support/orders/orders.ts";
import { alertsAbout, confirmBy, eventsFor, expiredOrder, listen, paidOrder } from "../support/payments/payments.ts";
import { demoWarehouses, newId } from "../support/shop/shop.ts";

const UNITS = 5;
const PART = 100;

beforeAll(demoWarehouses);
beforeEach(() => void vi.useFakeTimers({ toFake: ["Date"] }));
afterEach(() => void vi.useRealTimers());

/** A part of what an order costs came by Stripe, and staff refunded it. */
async function partCameAndWentBack(orderId: string): Promise<void> {
  const { deps } = faultyWorker();
  const part = { orderId, provider: "stripe" as const, reference: newId("pi"), amountMinor: PART, currency: "INR" };
  await takePayment(deps, undefined, part);
  await refundOrder(deps, undefined, { orderId, amountMinor: PART, reason: "Pay all of it at once" });
}

describe("a payment of all that an order costs, after a part of it came and went back", () => {
  it("on time pays the order, whose page counts the refund", async ({ expect }) => {
    await listen();
    const productId = await stocked(UNITS);
    const worker = faultyWorker();
    const { orderId } = await placedBy(worker, productId, { paymentMethod: "card" });
    await partCameAndWentBack(orderId);

    await confirmBy(worker.deps, orderId);
    await worker.idle();
    await recover([productId]);

    expect(await paidOrder(orderId)).toMatchObject({
      status: "PENDING",
      payment_status: "partially_refunded",
      refunded_total: 1,
    });
    expect(await eventsFor(orderId)).toEqual(["order.paid", "order.refunded"]);
    expect(await alertsAbout(orderId)).toEqual([]);
    await expectInvariants(expect, new Map([[productId, UNITS]]));
  });

  it("late gets the goods, and the page counts the refund", async ({ expect }) => {
    await listen();
    const { orderId, productId, received } = await expiredOrder(UNITS);
    await partCameAndWentBack(orderId);

    const worker = faultyWorker();
    await confirmBy(worker.deps, orderId);
    await worker.idle();
    await recover([productId]);

    expect(await paidOrder(orderId)).toMatchObject({
      status: "PROCESSING",
      payment_status: "partially_refunded",
      refunded_total: 1,
      refund_due: 0,
    });
    expect(await eventsFor(orderId)).toContain("order.paid");
    expect(await alertsAbout(orderId)).toEqual([]);
    await expectInvariants(expect, received);
  });
});
