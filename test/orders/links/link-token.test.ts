import { afterEach, beforeAll, describe, it, vi } from "vitest";
import { userOf } from "../../support/accounts/accounts.ts";
import { get, post } from "../../support/http/requests.ts";
import { cancel, type OrderBody, ORDERS, type ProblemBody, read, show } from "../../support/orders/http.ts";
import { type History, move, soldOrder } from "../../support/orders/lifecycle.ts";
import { link, linked } from "../../support/orders/links.ts";
import { shopWithStripe } from "../../support/payments/stripe.ts";
import { newId } from "../../support/shop/shop.ts";
import { openShop } from "../../support/shop/warehouses.ts";

beforeAll(openShop);
afterEach(() => void vi.useRealTimers());

describe("the token of a link", () => {
  it("cancels the order", async ({ expect }) => {
    const { orderId, token } = await linked();

    expect((await cancel<History>(orderId, { token })).body.status).toBe("CANCELLED");
  });

  it("requests a return", async ({ expect }) => {
    const { orderId, rice } = await soldOrder();
    await move(orderId, "PROCESSING");
    await move(orderId, "COMPLETED");
    const { body } = await link(orderId);

    const items = [{ product_id: rice, quantity: 1 }];
    const answer = await post(`${ORDERS}/${orderId}/returns`, { items }, { token: body.order_token });

    expect(answer.status).toBe(201);
  });

  it("begins the payment", async ({ expect }) => {
    const { orderId, token } = await linked({ payment_method: "card" });
    const { ask } = shopWithStripe(() => ({ body: { id: newId("pi"), client_secret: "secret" } }));

    const answer = await ask(`${ORDERS}/${orderId}/payment`, { method: "POST", headers: { Authorization: `Bearer ${token}` } });

    expect(answer.status).toBe(200);
  });

  it("lets an account claim the order", async ({ expect }) => {
    const { orderId, token } = await linked();
    const customer = await userOf();

    const answer = await post(`${ORDERS}/${orderId}/claim`, { order_token: token }, { token: customer.token });

    expect((await read<OrderBody>(answer)).body).toMatchObject({ customer_id: customer.userId });
  });

  it("does nothing with another order, nor where only staff may", async ({ expect }) => {
    const { orderId, token } = await linked();
    const { orderId: other } = await soldOrder();

    const answers = [
      await show(other, { token }),
      await cancel(other, { token }),
      await link(orderId, {}, { token }),
      await read(await get(ORDERS, { token })),
    ];

    expect(answers.map(({ status }) => status)).toEqual([404, 404, 401, 401]);
  });

  it("has expired after its time: 401 that says so, wherever it was good, and 404 to an account that claims with it", async ({
    expect,
  }) => {
    const { orderId, token, made } = await linked({}, { expires_in_days: 1 });
    const endMs = Date.parse(made.expires_at);
    vi.useFakeTimers({ toFake: ["Date"], now: endMs - 1 });
    expect((await show(orderId, { token })).status).toBe(200);
    vi.setSystemTime(endMs);

    const shown = await show<ProblemBody>(orderId, { token });
    const others = [
      await cancel<ProblemBody>(orderId, { token }),
      await read<ProblemBody>(
        await post(`${ORDERS}/${orderId}/returns`, { items: [{ product_id: "p", quantity: 1 }] }, { token }),
      ),
      await read<ProblemBody>(await post(`${ORDERS}/${orderId}/payment`, undefined, { token })),
    ];
    vi.setSystemTime(endMs + 1);
    const { token: session } = await userOf();
    const claimed = await read<ProblemBody>(await post(`${ORDERS}/${orderId}/claim`, { order_token: token }, { token: session }));

    expect([shown.status, shown.body.code, shown.body.detail]).toEqual([
      401,
      "link_expired",
      "This link has expired. Ask for a new one.",
    ]);
    expect(others.map(({ status, body }) => [status, body.code])).toEqual([
      [401, "link_expired"],
      [401, "link_expired"],
      [401, "link_expired"],
    ]);
    expect([claimed.status, claimed.body.code, claimed.body.detail]).toEqual([
      404,
      "not_found",
      "order_token: is of a link that has expired; ask for a new one",
    ]);
    expect((await show<ProblemBody>(orderId, { token: token.replace(/.$/, (last) => (last === "0" ? "1" : "0")) })).status).toBe(
      404,
    );
  });
});
