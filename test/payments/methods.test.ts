import { beforeAll, describe, it } from "vitest";
import { get } from "../support/http/requests.ts";
import { appWith, type Ask } from "../support/http/app.ts";
import { cartOf } from "../support/carts/carts.ts";
import { bodyOf, footprint, inStock, newKey, type OrderBody, ORDERS, type ProblemBody, read } from "../support/orders/http.ts";
import { STRIPE } from "../support/payments/stripe.ts";
import { demoWarehouses } from "../support/shop/shop.ts";

beforeAll(demoWarehouses);

const CARDS_ONLY = { paymentMethods: [{ method: "card", paidBy: "stripe" }] } as const;

const listed = async (ask: Ask) => (await read(await ask("/api/v1/payment/methods"))).body;

async function sendTo(ask: Ask, path: string, body: object, key?: string) {
  const headers = { "Content-Type": "application/json", ...(key === undefined ? {} : { "Idempotency-Key": key }) };
  return read<OrderBody & ProblemBody>(await ask(path, { method: "POST", headers, body: JSON.stringify(body) }));
}

describe("the payment methods of a shop", () => {
  it("are told to everybody, in the order of the setting", async ({ expect }) => {
    const response = await get("/api/v1/payment/methods");

    expect([response.status, await response.json()]).toEqual([
      200,
      {
        currency: "INR",
        methods: [
          { payment_method: "cod", paid_by: "on_delivery" },
          { payment_method: "card", paid_by: "by_hand" },
          { payment_method: "upi", paid_by: "by_hand" },
        ],
      },
    ]);
  });

  it("are paid with Stripe only where the setting says so and Stripe's secret is set", async ({ expect }) => {
    const methods = [
      { method: "upi", paidBy: "by_hand" },
      { method: "card", paidBy: "stripe" },
    ] as const;
    const byHand = { payment_method: "upi", paid_by: "by_hand" };

    expect(await listed(appWith({ paymentMethods: methods }))).toMatchObject({
      methods: [byHand, { payment_method: "card", paid_by: "by_hand" }],
    });
    expect(await listed(appWith({ paymentMethods: methods, stripe: STRIPE }))).toMatchObject({
      methods: [byHand, { payment_method: "card", paid_by: "stripe" }],
    });
  });
});

describe("a payment method that the shop does not take", () => {
  it("refuses an order and a checkout before anything is reserved, and names those that it takes", async ({ expect }) => {
    const [rice, dal] = [await inStock(3), await inStock(3)];
    const cartId = await cartOf({ [dal]: 1 });
    const before = await footprint(rice, dal);
    const ask = appWith(CARDS_ONLY);

    const answers = [
      await sendTo(ask, ORDERS, bodyOf([rice])),
      await sendTo(ask, ORDERS, bodyOf([rice], { payment_method: "upi" }), newKey()),
      await sendTo(ask, "/api/v1/checkout", { cart_id: cartId, customer_name: "Asha" }),
    ];

    const message = "is not taken by this shop, which takes card";
    for (const { status, body } of answers) {
      expect([status, body.code, body.errors]).toEqual([422, "validation_failed", [{ field: "payment_method", message }]]);
    }
    expect(await footprint(rice, dal)).toEqual(before);
    expect((await sendTo(ask, ORDERS, bodyOf([rice], { payment_method: "card" }))).status).toBe(201);
  });

  it("does not refuse the retry of an order that was placed while it was taken", async ({ expect }) => {
    const key = newKey();
    const body = bodyOf([await inStock(1)]);

    const first = await sendTo(appWith({}), ORDERS, body, key);
    const again = await sendTo(appWith(CARDS_ONLY), ORDERS, body, key);

    expect([first.status, again.status, again.body.order_id]).toEqual([201, 201, first.body.order_id]);
  });

  it("is not begun with Stripe where it is paid by hand", async ({ expect }) => {
    const methods = [
      { method: "card", paidBy: "stripe" },
      { method: "upi", paidBy: "by_hand" },
    ] as const;
    const ask = appWith({ paymentMethods: methods, stripe: STRIPE }, { send: () => Promise.reject(new Error("asked")) });
    const { body: order } = await sendTo(ask, ORDERS, bodyOf([await inStock(1)], { payment_method: "upi" }));

    const headers = { Authorization: `Bearer ${order.order_token}` };
    const begun = await read(await ask(`${ORDERS}/${order.order_id}/payment`, { method: "POST", headers }));

    expect([begun.status, begun.body.code]).toEqual([501, "payments_not_configured"]);
  });
});
