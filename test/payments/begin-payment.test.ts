import { env } from "cloudflare:workers";
import { beforeAll, describe, it } from "vitest";
import { userOf } from "../support/accounts/accounts.ts";
import type { Ask } from "../support/http/app.ts";
import { get, post } from "../support/http/requests.ts";
import { move, pay, soldOrder } from "../support/orders/lifecycle.ts";
import { bodyOf, cancel, inStock, ORDERS, placed, read } from "../support/orders/http.ts";
import { paidOrder, rowsOf } from "../support/payments/payments.ts";
import { demoWarehouses } from "../support/shop/shop.ts";
import { shopWithStripe } from "../support/payments/stripe.ts";

beforeAll(demoWarehouses);

const CARD = { payment_method: "card" };
const ADMIN = "test-admin-token-0123456789";

const intent = (form: URLSearchParams) => ({
  body: { id: `pi_${form.get("metadata[order_id]")}`, client_secret: `secret of ${form.get("metadata[order_id]")}` },
});

async function begin(ask: Ask, orderId: string, token?: string) {
  const headers = token === undefined ? {} : { Authorization: `Bearer ${token}` };
  return read(await ask(`${ORDERS}/${orderId}/payment`, { method: "POST", headers }));
}

describe("starting a Stripe payment", () => {
  it("asks for the due amount in paise, for this order, and returns what the browser needs", async ({ expect }) => {
    const { orderId, token } = await soldOrder(2, CARD);
    const { total } = await paidOrder(orderId);
    const { ask, requests } = shopWithStripe(intent);

    const { status, body, headers } = await begin(ask, orderId, token);

    const [request] = requests;
    expect(status).toBe(200);
    expect(body).toEqual({
      provider: "stripe",
      payment_intent_id: `pi_${orderId}`,
      client_secret: `secret of ${orderId}`,
      amount: total,
      currency: "INR",
    });
    expect(headers.get("Cache-Control")).toBe("no-store");
    expect([request?.method, request?.url]).toEqual(["POST", "https://api.stripe.test/v1/payment_intents"]);
    expect(Object.fromEntries(new URLSearchParams(request?.body))).toEqual({
      amount: String(Math.round(total * 100)),
      currency: "inr",
      "metadata[order_id]": orderId,
      "automatic_payment_methods[enabled]": "true",
    });
    expect(request?.headers.get("Authorization")).toBe("Bearer sk_test_secret_0123456789");
    expect(request?.headers.get("Content-Type")).toBe("application/x-www-form-urlencoded");
  });

  it("again uses the same key, and another order another key; the secret is stored nowhere", async ({ expect }) => {
    const [one, other] = [await soldOrder(1, CARD), await soldOrder(1, CARD)];
    const { ask, requests } = shopWithStripe(intent);

    await begin(ask, one.orderId, one.token);
    await begin(ask, one.orderId, one.token);
    await begin(ask, other.orderId, other.token);

    const [first, second, third] = requests.map(({ headers }) => headers.get("Idempotency-Key"));
    expect(first).toMatch(/^[0-9A-Z]{26}$/);
    expect([second, third === first]).toEqual([first, false]);
    const rows = await rowsOf("SELECT * FROM payment_intents WHERE order_id = ?", one.orderId);
    expect(rows).toMatchObject([{ intent_id: `pi_${one.orderId}` }]);
    expect(JSON.stringify(rows)).not.toContain("secret");
  });

  it("works with the order's own token, for its customer and for staff; for anyone else there is no such order", async ({
    expect,
  }) => {
    const { token: owner } = await userOf();
    const order = await placed(bodyOf([await inStock(1)], CARD), { token: owner });
    const other = await soldOrder(1, CARD);
    const { ask } = shopWithStripe(intent);
    const tokens = [
      order.order_token,
      owner,
      ADMIN,
      (await userOf("staff")).token,
      undefined,
      other.token,
      (await userOf()).token,
    ];

    const statuses = await Promise.all(tokens.map(async (token) => (await begin(ask, order.order_id, token)).status));

    expect(statuses).toEqual([200, 200, 200, 200, 404, 404, 404]);
  });
});

describe("a Stripe payment that cannot be started", () => {
  it("because nothing is due is refused, and Stripe is not called", async ({ expect }) => {
    const { ask, requests } = shopWithStripe(intent);
    const paid = await soldOrder(1, CARD);
    await pay(paid.orderId);
    const cancelled = await soldOrder(1, CARD);
    await cancel(cancelled.orderId, { token: cancelled.token });
    const cash = await soldOrder(1);
    const processed = await soldOrder(1);
    await move(processed.orderId, "PROCESSING");
    const late = await soldOrder(1, CARD);
    await env.DB.prepare("UPDATE orders SET payment_due_at_ms = 1 WHERE order_id = ?").bind(late.orderId).run();

    const answers = await Promise.all(
      [paid, cancelled, cash, processed, late].map(({ orderId, token }) => begin(ask, orderId, token)),
    );

    expect(answers.map(({ status, body }) => [status, body.code])).toEqual(answers.map(() => [409, "payment_not_due"]));
    expect(requests).toEqual([]);
  });

  it("is not one after a failed attempt: it can be started again", async ({ expect }) => {
    const { orderId, token } = await soldOrder(1, CARD);
    await env.DB.prepare("UPDATE orders SET payment_status = 'failed' WHERE order_id = ?").bind(orderId).run();

    expect((await begin(shopWithStripe(intent).ask, orderId, token)).status).toBe(200);
  });

  it("because the shop has no account with Stripe answers 501, to callers who may see the order", async ({ expect }) => {
    const { orderId, token } = await soldOrder(1, CARD);

    const own = await read(await post(`${ORDERS}/${orderId}/payment`, undefined, { token }));
    const guest = await read(await post(`${ORDERS}/${orderId}/payment`, undefined));

    expect([own.status, own.body.code]).toEqual([501, "payments_not_configured"]);
    expect(guest.status).toBe(404);
  });

  it.for([
    ["does not answer", () => Promise.reject(new Error("connection reset"))],
    ["fails", () => ({ status: 500, body: { error: { type: "api_error" } } })],
    ["is busy", () => ({ status: 429, body: {} })],
    ["does not know the key", () => ({ status: 401, body: { error: { message: "Invalid API Key" } } })],
    ["refuses", () => ({ status: 400, body: { error: { code: "amount_too_small", message: "sk_test" } } })],
    ["answers another thing", () => ({ body: { id: 7, client_secret: null } })],
    ["answers nothing", () => ({ body: null })],
  ] as const)("because Stripe %s answers 503 without any text of Stripe", async ([, answer], { expect }) => {
    const { orderId, token } = await soldOrder(1, CARD);

    const { status, body, headers } = await begin(shopWithStripe(answer).ask, orderId, token);

    expect([status, body.code, headers.get("Retry-After")]).toEqual([503, "unavailable", "1"]);
    expect(JSON.stringify(body)).not.toMatch(/sk_test|API Key|reset/);
    expect(await rowsOf("SELECT 1 FROM payment_intents WHERE order_id = ?", orderId)).toEqual([]);
  });

  it("with an invalid order id is refused", async ({ expect }) => {
    const response = await post(`${ORDERS}/${encodeURIComponent("ORD 1")}/payment`, undefined, { admin: true });

    expect([response.status, (await get(`${ORDERS}/ORDNONE/payments`, { admin: true })).status]).toEqual([422, 404]);
  });
});
