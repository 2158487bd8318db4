import { afterEach, beforeAll, beforeEach, describe, it, vi } from "vitest";
import type { Deps } from "../../src/deps.ts";
import { refundOrder } from "../../src/payments/refund-order.ts";
import { PAYMENT_STEPS } from "../../src/payments/sweep-steps.ts";
import { type Fault, FAULTS, faultyWorker } from "../support/faults.ts";
import { expectInvariants, recover } from "../support/invariants.ts";
import { outcomeOf } from "../support/orders.ts";
import { alertsAbout, paidOrder, rowsOf, timelineOf } from "../support/payments.ts";
import { demoWarehouses, newId } from "../support/shop.ts";
import { eventOf, notify, shopWithStripe, STRIPE, stripeStub, succeeded, waiting } from "../support/stripe.ts";

beforeAll(demoWarehouses);
beforeEach(() => void vi.useFakeTimers({ toFake: ["Date"] }));
afterEach(() => void vi.useRealTimers());

const HOUR_MS = 3_600_000;
const { ask } = shopWithStripe();

/** An order that was paid by Stripe, and the intent. */
async function paid() {
  const order = await waiting();
  const intentId = newId("pi");
  await notify(ask, succeeded(order.orderId, order.amount, { id: intentId }));
  return { ...order, intentId };
}

/** A Worker with an account at a Stripe that remembers by key what it did, as the real one does. */
function stripeWorker(
  answers: ("ok" | "pending" | "refused" | "silent")[] = [],
  faultOf: Parameters<typeof faultyWorker>[0] = undefined,
) {
  const done = new Map<string, { amount: string | null }>();
  const stub = stripeStub((form, { headers }) => {
    const answer = answers.shift() ?? "ok";
    if (answer === "silent") return Promise.reject(new Error("connection reset"));
    if (answer === "refused") return { status: 400, body: { error: { code: "charge_already_refunded" } } };
    const key = headers.get("Idempotency-Key") ?? "";
    done.set(key, { amount: form.get("amount") });
    return { body: { id: `re_${key}`, status: answer === "pending" ? "pending" : "succeeded" } };
  });
  const worker = faultyWorker(faultOf);
  const change = (deps: Deps): Deps => ({
    ...deps,
    config: { ...deps.config, stripe: STRIPE },
    send: stub.send,
    defer: (work) => worker.deps.defer((later) => work(change(later))),
  });
  return { ...worker, deps: change({ ...worker.deps, defer: () => {} }), done, requests: stub.requests };
}

async function refund(worker: ReturnType<typeof stripeWorker>, orderId: string, amountMinor = 100) {
  await outcomeOf(refundOrder(worker.deps, undefined, { orderId, amountMinor, reason: "Bag torn" }));
  await worker.idle();
}

function refundsOf(orderId: string) {
  return rowsOf<{ refund_id: string; status: string; due_at_ms: number | null; provider_reference: string | null }>(
    "SELECT refund_id, status, due_at_ms, provider_reference FROM refunds WHERE order_id = ? ORDER BY at_ms, refund_id",
    orderId,
  );
}

async function sweepAfter(worker: ReturnType<typeof stripeWorker>, ms: number): Promise<void> {
  vi.setSystemTime(Date.now() + ms);
  await PAYMENT_STEPS.refunds?.(worker.deps);
  await worker.idle();
}

describe("a refund of money that came by Stripe", () => {
  it("goes back by Stripe after it is recorded: of that payment, under its own id as the key", async ({ expect }) => {
    const { orderId, intentId } = await paid();
    const worker = stripeWorker();

    await refund(worker, orderId);

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

  it("of two payments goes back to both, the older first", async ({ expect }) => {
    const { orderId, amount } = await paid();
    vi.setSystemTime(Date.now() + 1);
    await notify(ask, succeeded(orderId, amount));
    const worker = stripeWorker();

    await refund(worker, orderId, amount + 1);

    expect([...worker.done.values()].map((each) => each.amount)).toEqual([String(amount), "1"]);
    expect((await refundsOf(orderId)).map(({ status }) => status)).toEqual(["succeeded", "succeeded"]);
    expect(await paidOrder(orderId)).toMatchObject({ refunded_total: (amount + 1) / 100, payment_status: "partially_refunded" });
    expect(await alertsAbout(orderId)).toEqual([]);
  });

  it("that Stripe does not answer stays owed, and the sweep tells it again under the same key", async ({ expect }) => {
    const { orderId } = await paid();
    const worker = stripeWorker(["silent", "silent"]);

    await refund(worker, orderId);
    const [owed] = await refundsOf(orderId);
    await sweepAfter(worker, 6 * 60_000);
    await sweepAfter(worker, 60_000);
    await sweepAfter(worker, 6 * 60_000);

    expect(owed).toMatchObject({ status: "recorded", due_at_ms: expect.any(Number) });
    expect(worker.requests).toHaveLength(3);
    expect(new Set(worker.requests.map(({ headers }) => headers.get("Idempotency-Key"))).size).toBe(1);
    expect(await refundsOf(orderId)).toMatchObject([{ status: "succeeded", due_at_ms: null }]);
  });

  it("that Stripe never answers is given up before its keys run out, and somebody is told", async ({ expect }) => {
    const { orderId } = await paid();
    const worker = stripeWorker(["silent", "silent"]);

    await refund(worker, orderId);
    await sweepAfter(worker, 23 * HOUR_MS);
    await sweepAfter(worker, HOUR_MS);

    expect(worker.requests).toHaveLength(2);
    expect(await refundsOf(orderId)).toMatchObject([{ status: "recorded", due_at_ms: null }]);
    expect(await alertsAbout(orderId)).toEqual(["refund_failed"]);
  });

  it("that Stripe refuses did not go back: its amount can go back again, and somebody is told", async ({ expect }) => {
    const { orderId } = await paid();
    const worker = stripeWorker(["refused"]);

    await refund(worker, orderId);
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
  ] as const)("that Stripe accepted is ended by %s %s: %s", async ([type, status, becomes, refunded], { expect }) => {
    const { orderId } = await paid();
    await refund(stripeWorker(["pending"]), orderId);
    const [{ status: before, provider_reference: reference } = { status: "", provider_reference: "" }] = await refundsOf(orderId);

    await notify(ask, eventOf(type, { id: reference, status }));
    await notify(ask, eventOf(type, { id: reference, status }));

    expect([before, (await refundsOf(orderId))[0]?.status]).toEqual(["pending", becomes]);
    expect((await paidOrder(orderId)).refunded_total).toBe(refunded);
  });

  it("is not counted twice when Stripe tells of it, before or after its answer", async ({ expect }) => {
    const { orderId, intentId } = await paid();
    const charge = eventOf("charge.refunded", { payment_intent: intentId, amount_refunded: 100, currency: "inr" });
    const worker = stripeWorker(["silent"]);

    await refund(worker, orderId);
    await notify(ask, charge);
    await sweepAfter(worker, 6 * 60_000);
    await notify(ask, { ...charge, id: newId("evt") });

    expect(await refundsOf(orderId)).toHaveLength(1);
    expect((await paidOrder(orderId)).refunded_total).toBe(1);
  });
});

describe("a refund cut after every step", () => {
  it.for(FAULTS)("(%s) goes back once: the sweep tells Stripe, and nothing is lost", async (fault: Fault, { expect }) => {
    let steps = 0;
    for (let isCut = true; isCut && steps < 12;) {
      const at = steps + 1;
      const { orderId, rice, amount } = await paid();
      let calls = 0;
      const worker = stripeWorker([], () => {
        calls += 1;
        return calls === at ? fault : "none";
      });

      const ended = refund(worker, orderId).catch(() => undefined);
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
