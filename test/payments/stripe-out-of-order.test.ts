import { env } from "cloudflare:workers";
import { runDurableObjectAlarm } from "cloudflare:test";
import { afterEach, beforeAll, beforeEach, describe, it, vi } from "vitest";
import { alertsAbout, confirm, listen, paidOrder, rowsOf } from "../support/payments/payments.ts";
import { demoWarehouses, newId } from "../support/shop/shop.ts";
import { chargeRefunded, eventOf, notify, shopWithStripe, succeeded, waiting } from "../support/payments/stripe.ts";
import { paidByStripe, refundBy, refundsOf, stripeWorker, sweepAfter } from "../support/payments/stripe-worker.ts";

beforeAll(demoWarehouses);
beforeEach(() => void vi.useFakeTimers({ toFake: ["Date"] }));
afterEach(() => void vi.useRealTimers());
const { ask } = shopWithStripe();

describe("events of Stripe out of order", () => {
  it("opens an alert for a refund that failed before D1 had Stripe's reference of it", async ({ expect }) => {
    const { orderId, amount, intentId } = await paidByStripe();
    await refundBy(stripeWorker(["silent"]), orderId, amount); // recorded, answer lost (Stripe has done it)
    const [row] = await refundsOf(orderId);
    const answer = await notify(
      ask,
      eventOf("refund.failed", {
        id: `re_${row?.refund_id}`,
        status: "failed",
        payment_intent: intentId,
        amount,
        currency: "inr",
        metadata: { order_id: orderId, refund_id: row?.refund_id },
      }),
    );
    // Stripe replays its first answer under the key.
    await sweepAfter(stripeWorker(["pending"]), 6 * 60_000);

    expect(answer.status).toBe(200);
    expect(await alertsAbout(orderId)).toContain("refund_failed");
  });

  it("opens an alert for a refund that was made at Stripe and failed", async ({ expect }) => {
    const { orderId, amount, intentId } = await paidByStripe();
    await notify(ask, chargeRefunded(intentId, amount));
    await notify(
      ask,
      eventOf("refund.failed", { id: newId("re"), status: "failed", payment_intent: intentId, amount, currency: "inr" }),
    );
    expect(await alertsAbout(orderId)).toContain("refund_failed");
  });

  it("counts no failed refund, although an older event includes it", async ({ expect }) => {
    const { orderId, amount, intentId } = await paidByStripe();
    await refundBy(stripeWorker(["pending"]), orderId, amount);
    const [row] = await refundsOf(orderId);
    await notify(ask, eventOf("refund.failed", { id: row?.provider_reference, status: "failed", payment_intent: intentId }));
    await notify(ask, chargeRefunded(intentId, amount)); // reports the time before it failed
    const after = await paidOrder(orderId);
    expect(after.refunded_total).toBe(0);
  });

  it("asks Stripe to resend a refund of a payment that is not recorded yet", async ({ expect }) => {
    const { orderId, amount } = await waiting();
    const intentId = newId("pi");
    const event = chargeRefunded(intentId, amount);
    (event.data.object as Record<string, unknown>).metadata = { order_id: orderId };
    const early = await notify(ask, event);
    await notify(ask, succeeded(orderId, amount, { id: intentId }));

    expect(early.status).toBe(503);
  });

  it("keeps the alert about a payment in another currency when the right payment comes", async ({ expect }) => {
    const { orderId, amount } = await waiting();
    const stray = newId("pi");
    await notify(ask, succeeded(orderId, amount, { currency: "usd", id: stray }));
    await notify(ask, succeeded(orderId, amount));
    const open = await rowsOf(
      "SELECT kind FROM alerts WHERE closed_at_ms IS NULL AND (subject = ? OR subject = ?)",
      orderId,
      stray,
    );
    expect(open).toHaveLength(1);
  });

  it("makes a refund due where a partly paid order expires", async ({ expect }) => {
    await listen();
    const { orderId, amount, rice } = await waiting();
    await notify(ask, succeeded(orderId, amount - 100));
    vi.setSystemTime(Date.now() + 31 * 60_000);
    await runDurableObjectAlarm(env.STOCK.getByName(rice));
    const order = await paidOrder(orderId);
    expect(order.status).toBe("EXPIRED");
    expect(await alertsAbout(orderId)).toContain("refund_due");
  });

  it("sends no refund whose key has expired at Stripe", async ({ expect }) => {
    const { orderId } = await paidByStripe();
    const first = stripeWorker(["silent"]); // Stripe did it; the answer was lost
    await refundBy(first, orderId, 100);
    const later = stripeWorker();
    await sweepAfter(later, 30 * 3_600_000);
    expect(later.requests).toHaveLength(0);
    expect(await alertsAbout(orderId)).toContain("refund_failed");
  });

  it("counts a Stripe payment once that was confirmed manually under Stripe's reference", async ({ expect }) => {
    const { orderId, amount } = await waiting();
    const intentId = newId("pi");
    await confirm(orderId, { payment_reference: intentId });
    await notify(ask, succeeded(orderId, amount, { id: intentId }));
    const order = await paidOrder(orderId);
    expect(order.paid_total).toBe(amount / 100);
  });
});
