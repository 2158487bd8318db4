import { afterEach, beforeAll, beforeEach, describe, it, vi } from "vitest";
import { alertsAbout, paidOrder, timelineOf } from "../support/payments/payments.ts";
import { demoWarehouses, newId } from "../support/shop/shop.ts";
import { eventOf, notify, shopWithStripe, succeeded } from "../support/payments/stripe.ts";
import { paidByStripe, refundBy, refundsOf, stripeWorker, sweepAfter } from "../support/payments/stripe-worker.ts";

beforeAll(demoWarehouses);
beforeEach(() => void vi.useFakeTimers({ toFake: ["Date"] }));
afterEach(() => void vi.useRealTimers());

const HOUR_MS = 3_600_000;
const { ask } = shopWithStripe();

describe("a refund of a Stripe payment", () => {
  it("is sent to Stripe after it is recorded: of that payment, under its own id as the key", async ({ expect }) => {
    const { orderId, intentId } = await paidByStripe();
    const worker = stripeWorker();

    await refundBy(worker, orderId);

    const [request] = worker.requests;
    const [row] = await refundsOf(orderId);
    expect(row).toEqual({
      refund_id: row?.refund_id,
      status: "succeeded",
      due_at_ms: null,
      provider_reference: `re_${row?.refund_id}`,
    });
    expect([request?.url, request?.headers.get("Idempotency-Key")]).toEqual([
      "https://api.stripe.test/v1/refunds",
      row?.refund_id,
    ]);
    expect(Object.fromEntries(new URLSearchParams(request?.body))).toEqual({
      payment_intent: intentId,
      amount: "100",
      "metadata[order_id]": orderId,
      "metadata[refund_id]": row?.refund_id,
    });
    expect(worker.requests).toHaveLength(1);
  });

  it("of two payments is made of both, the older first", async ({ expect }) => {
    const { orderId, amount } = await paidByStripe();
    vi.setSystemTime(Date.now() + 1);
    await notify(ask, succeeded(orderId, amount));
    const worker = stripeWorker();

    await refundBy(worker, orderId, amount + 1);

    expect([...worker.done.values()].map((each) => each.amount)).toEqual([String(amount), "1"]);
    expect((await refundsOf(orderId)).map(({ status }) => status)).toEqual(["succeeded", "succeeded"]);
    expect(await paidOrder(orderId)).toMatchObject({ refunded_total: (amount + 1) / 100, payment_status: "partially_refunded" });
    expect(await alertsAbout(orderId)).toEqual([]);
  });

  it("that Stripe does not answer stays due, and the sweep sends it again under the same key", async ({ expect }) => {
    const { orderId } = await paidByStripe();
    const worker = stripeWorker(["silent", "silent"]);

    await refundBy(worker, orderId);
    const [owed] = await refundsOf(orderId);
    await sweepAfter(worker, 6 * 60_000);
    await sweepAfter(worker, 60_000);
    await sweepAfter(worker, 6 * 60_000);

    expect(owed).toMatchObject({ status: "recorded", due_at_ms: expect.any(Number) });
    expect(worker.requests).toHaveLength(3);
    expect(new Set(worker.requests.map(({ headers }) => headers.get("Idempotency-Key"))).size).toBe(1);
    expect(await refundsOf(orderId)).toMatchObject([{ status: "succeeded", due_at_ms: null }]);
  });

  it("that Stripe never answers is given up before its key expires, with an alert", async ({ expect }) => {
    const { orderId } = await paidByStripe();
    const worker = stripeWorker(["silent", "silent"]);

    await refundBy(worker, orderId);
    await sweepAfter(worker, 23 * HOUR_MS);
    await sweepAfter(worker, HOUR_MS);

    expect(worker.requests).toHaveLength(2);
    expect(await refundsOf(orderId)).toMatchObject([{ status: "recorded", due_at_ms: null }]);
    expect(await alertsAbout(orderId)).toEqual(["refund_failed"]);
  });

  it("that Stripe refuses has failed: its amount can be refunded again, and an alert is raised", async ({ expect }) => {
    const { orderId } = await paidByStripe();
    const worker = stripeWorker(["refused"]);

    await refundBy(worker, orderId);
    await sweepAfter(worker, HOUR_MS);

    expect(worker.requests).toHaveLength(1);
    expect(await refundsOf(orderId)).toMatchObject([{ status: "failed", due_at_ms: null }]);
    expect(await paidOrder(orderId)).toMatchObject({ payment_status: "paid", refunded_total: 0 });
    expect(await timelineOf(orderId)).toEqual(["placed PENDING", "paid", "refunded", "refund_failed"]);
    expect(await alertsAbout(orderId)).toEqual(["refund_failed"]);
  });

  it.for([
    ["refund.updated", "succeeded", "succeeded", 1],
    ["refund.failed", "failed", "failed", 0],
    ["refund.updated", "canceled", "failed", 0],
    ["refund.updated", "pending", "pending", 1],
  ] as const)("that Stripe accepted ends by %s %s: %s", async ([type, status, becomes, refunded], { expect }) => {
    const { orderId } = await paidByStripe();
    await refundBy(stripeWorker(["pending"]), orderId);
    const [{ status: before, provider_reference: reference } = { status: "", provider_reference: "" }] = await refundsOf(orderId);

    await notify(ask, eventOf(type, { id: reference, status }));
    await notify(ask, eventOf(type, { id: reference, status }));

    expect([before, (await refundsOf(orderId))[0]?.status]).toEqual(["pending", becomes]);
    expect((await paidOrder(orderId)).refunded_total).toBe(refunded);
  });

  it("is not counted twice when Stripe reports it, before or after its answer", async ({ expect }) => {
    const { orderId, intentId } = await paidByStripe();
    const charge = eventOf("charge.refunded", { payment_intent: intentId, amount_refunded: 100, currency: "inr" });
    const worker = stripeWorker(["silent"]);

    await refundBy(worker, orderId);
    await notify(ask, charge);
    await sweepAfter(worker, 6 * 60_000);
    await notify(ask, { ...charge, id: newId("evt") });

    expect(await refundsOf(orderId)).toHaveLength(1);
    expect((await paidOrder(orderId)).refunded_total).toBe(1);
  });
});
