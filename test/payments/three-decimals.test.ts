import { beforeAll, describe, it } from "vitest";
import { appWith, type Ask } from "../support/http/app.ts";
import { bodyOf, inStock, lineOf, type OrderBody, ORDERS, type ProblemBody, read } from "../support/orders/http.ts";
import { rowsOf } from "../support/payments/payments.ts";
import { eventOf, notify, STRIPE, stripeStub } from "../support/payments/stripe.ts";
import { insertPromo } from "../support/pricing/promo.ts";
import { demoWarehouses, newId } from "../support/shop/shop.ts";

beforeAll(demoWarehouses);

/** Dinars have three decimals, and Stripe takes no last one. A price of 10.00 rupees in D1 is 1.000 dinar. */
const KUWAIT = { currency: "KWD", currencyDecimals: 3, stripeStepMinor: 10 } as const;
const ADMIN = { Authorization: "Bearer test-admin-token-0123456789", "Content-Type": "application/json" };
const CARD = { payment_method: "card" };

function kuwait() {
  const stub = stripeStub((form) => ({
    body: { id: newId("re"), client_secret: "s", amount: form.get("amount"), status: "succeeded" },
  }));
  return { ask: appWith({ ...KUWAIT, stripe: STRIPE }, { send: stub.send }), requests: stub.requests };
}

async function send(ask: Ask, path: string, body: object) {
  return read<OrderBody & ProblemBody>(await ask(path, { method: "POST", headers: ADMIN, body: JSON.stringify(body) }));
}

/** Stripe took some thousandths of a dinar for an order. */
function took(ask: Ask, orderId: string, amount: number) {
  const object = { id: newId("pi"), amount_received: amount, currency: "kwd", metadata: { order_id: orderId } };
  return notify(ask, eventOf("payment_intent.succeeded", object));
}

async function paid(ask: Ask, price: number) {
  const { body } = await send(ask, ORDERS, bodyOf([await inStock(1, { price })], CARD));
  await took(ask, body.order_id, Math.round(Number(body.total) * 1_000));
  return body.order_id;
}

describe("a refund with more decimals than Stripe takes", () => {
  it("is refused before it is recorded", async ({ expect }) => {
    const { ask } = kuwait();
    const orderId = await paid(ask, 100);
    const refund = (amount: number) => send(ask, `${ORDERS}/${orderId}/refunds`, { amount, reason: "Torn" });

    const refused = await refund(1.005);
    const refunds = () => rowsOf("SELECT amount_minor FROM refunds WHERE order_id = ?", orderId);
    const before = await refunds();
    const taken = await refund(1.01);

    const errors = [{ field: "amount", message: "Stripe refunds multiples of 0.01 KWD" }];
    expect([refused.status, refused.body.code, refused.body.errors]).toEqual([422, "validation_failed", errors]);
    expect([before, taken.status, await refunds()]).toEqual([[], 200, [{ amount_minor: 1_010 }]]);
  });

  it("is recorded where the money was not Stripe's: staff pay it out", async ({ expect }) => {
    const { ask } = kuwait();
    const { body } = await send(ask, ORDERS, bodyOf([await inStock(1, { price: 100 })]));
    const payment = { payment_reference: newId("ref"), amount: body.total, currency: "KWD" };
    await send(ask, `${ORDERS}/${body.order_id}/payment/confirm`, payment);

    const { status } = await send(ask, `${ORDERS}/${body.order_id}/refunds`, { amount: 1.005, reason: "Torn" });

    expect(status).toBe(200);
  });
});

describe("an order in a currency with three decimals", () => {
  it("with a discount is one that Stripe can charge", async ({ expect }) => {
    const { ask, requests } = kuwait();
    const { code } = await insertPromo({ discountValue: 333 });
    const productId = await inStock(5, { price: 123.4 });

    const { body: order } = await send(ask, ORDERS, bodyOf([lineOf(productId, 3)], { ...CARD, promo_code: code }));
    const begun = await send(ask, `${ORDERS}/${order.order_id}/payment`, {});

    // 3.33 % of 37.020 are 1.232766.
    expect(order).toMatchObject({ subtotal: 37.02, discount_total: 1.23 });
    expect([begun.status, Number(new URLSearchParams(requests[0]?.body).get("amount")) % 10]).toEqual([200, 0]);
  });

  it("whose prices Stripe cannot charge is refused, unless it is paid otherwise", async ({ expect }) => {
    const { ask } = kuwait();
    const productId = await inStock(5, { price: 10.05 });

    const refused = await send(ask, ORDERS, bodyOf([productId], CARD));
    const cash = await send(ask, ORDERS, bodyOf([productId]));

    expect([refused.status, refused.body.errors?.[0]?.field]).toEqual([422, "payment_method"]);
    expect([cash.status, cash.body.subtotal]).toEqual([201, 1.005]);
  });
});
