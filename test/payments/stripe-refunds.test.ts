import { beforeAll, describe, it } from "vitest";
import type { Ask } from "../support/http/app.ts";
import type { ProblemBody } from "../support/orders/http.ts";
import { paidOrder, rowsOf } from "../support/payments/payments.ts";
import { demoWarehouses, newId } from "../support/shop/shop.ts";
import { chargeRefunded, notify, shopWithStripe, succeeded, waiting } from "../support/payments/stripe.ts";

beforeAll(demoWarehouses);

let ask: Ask;
beforeAll(() => {
  ask = shopWithStripe().ask;
});

describe("charge.refunded", () => {
  async function paid() {
    const order = await waiting();
    const intentId = newId("pi");
    await notify(ask, succeeded(order.orderId, order.amount, { id: intentId }));
    return { ...order, intentId };
  }

  it("records refunds made at Stripe, once, by their total, in any order", async ({ expect }) => {
    const { orderId, amount, intentId } = await paid();
    const [first, all] = [chargeRefunded(intentId, 100), chargeRefunded(intentId, amount)];

    await Promise.all([notify(ask, first), notify(ask, first)]);
    const part = await paidOrder(orderId);
    await notify(ask, all);
    await notify(ask, { ...first, id: newId("evt") });

    expect(part).toMatchObject({ payment_status: "partially_refunded", refunded_total: 1 });
    expect(await paidOrder(orderId)).toMatchObject({ payment_status: "refunded", refunded_total: amount / 100 });
    expect(await rowsOf("SELECT amount_minor, status FROM refunds WHERE order_id = ? ORDER BY amount_minor", orderId)).toEqual([
      { amount_minor: 100, status: "succeeded" },
      { amount_minor: amount - 100, status: "succeeded" },
    ]);
  });

  it("before the event of the payment is sent again; of an unknown payment it is acknowledged", async ({ expect }) => {
    await rowsOf(
      "INSERT INTO payment_intents (intent_id, order_id, amount_minor, created_at_ms) VALUES ('pi_early', 'ORDX', 100, 0)",
    );

    const early = await notify<ProblemBody>(ask, chargeRefunded("pi_early", 100));
    const unknown = await notify(ask, chargeRefunded(newId("pi"), 100));

    expect([early.status, early.body.code, unknown.status]).toEqual([503, "unresolved", 200]);
  });
});
