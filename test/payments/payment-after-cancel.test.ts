import { beforeAll, describe, it } from "vitest";
import { post } from "../support/http/requests.ts";
import { soldOrder } from "../support/orders/lifecycle.ts";
import { ORDERS, read } from "../support/orders/http.ts";
import { alertsAbout, paidOrder, rowsOf, timelineOf } from "../support/payments/payments.ts";
import { demoWarehouses } from "../support/shop/shop.ts";
import { eventOf, notify, shopWithStripe, succeeded } from "../support/payments/stripe.ts";
import { stripeAccount } from "../support/payments/stripe-account.ts";

beforeAll(demoWarehouses);

interface Begun {
  payment_intent_id: string;
  amount: number;
  code: string;
}

/** An order of three units whose payment has begun, at a Stripe that keeps it. */
async function begun() {
  const account = stripeAccount();
  const { ask } = shopWithStripe(account.answer);
  const order = await soldOrder(3, { payment_method: "card" });
  const headers = { Authorization: `Bearer ${order.token}` };
  const begin = async () => read<Begun>(await ask(`${ORDERS}/${order.orderId}/payment`, { method: "POST", headers }));
  const cancelOne = async () =>
    read(await post(`${ORDERS}/${order.orderId}/cancel`, { items: [{ line_no: 1, quantity: 1 }] }, { admin: true }));
  const { body: first } = await begin();
  return { ...order, ...account, ask, begin, cancelOne, first };
}

describe("a payment of an order of which a part was cancelled after it was begun", () => {
  it("is begun again for what is due, and the former one can no longer be made", async ({ expect }) => {
    const { orderId, begin, cancelOne, first, intents, openOf } = await begun();

    await cancelOne();
    const { status, body } = await begin();

    const { amount_due: due, total } = (await paidOrder(orderId)) as unknown as { amount_due: number; total: number };
    expect([status, body.amount, first.amount]).toEqual([200, due, total]);
    expect(due).toBeLessThan(total);
    expect(intents.get(first.payment_intent_id)?.status).toBe("canceled");
    expect(openOf(orderId)).toMatchObject([{ id: body.payment_intent_id, amount: Math.round(due * 100) }]);
  });

  it("is the same on a repeat, and is another one after the next cancellation", async ({ expect }) => {
    const { orderId, begin, cancelOne, openOf } = await begun();
    await cancelOne();

    const [once, again] = [await begin(), await begin()];
    await cancelOne();
    const next = await begin();

    expect(again.body).toEqual(once.body);
    expect(openOf(orderId).map(({ id }) => id)).toEqual([next.body.payment_intent_id]);
    expect(next.body.amount).toBeLessThan(once.body.amount);
  });

  it("does not count as failed because the former one was ended, and pays the order", async ({ expect }) => {
    const { orderId, ask, begin, cancelOne, first } = await begun();
    await cancelOne();
    const { body } = await begin();

    await notify(ask, eventOf("payment_intent.canceled", { id: first.payment_intent_id, metadata: { order_id: orderId } }));
    const waiting = await paidOrder(orderId);
    await notify(ask, succeeded(orderId, Math.round(body.amount * 100), { id: body.payment_intent_id }));

    expect(waiting.payment_status).toBe("pending");
    expect(await paidOrder(orderId)).toMatchObject({ payment_status: "paid", paid_total: body.amount, refund_due: 0 });
    expect(await timelineOf(orderId)).toEqual(["placed PENDING", "items_cancelled", "paid"]);
    expect(await alertsAbout(orderId)).toEqual([]);
  });

  it("by the former one, where nobody began another, is too much by what was cancelled: that is due back", async ({ expect }) => {
    const { orderId, ask, cancelOne, first } = await begun();
    await cancelOne();

    await notify(ask, succeeded(orderId, Math.round(first.amount * 100), { id: first.payment_intent_id }));

    const page = (await paidOrder(orderId)) as unknown as Record<string, number>;
    expect(page).toMatchObject({ payment_status: "paid", paid_total: first.amount, amount_due: 0 });
    expect(page.refund_due).toBeGreaterThan(0);
    expect(await alertsAbout(orderId)).toEqual(["payment_surplus"]);
  });
});

describe("a payment that cannot be begun again", () => {
  it.for(["processing", "succeeded"] as const)(
    "because the former one is %s is refused, and nothing is begun beside it",
    async (status, { expect }) => {
      const { orderId, begin, cancelOne, first, setStatus, openOf } = await begun();
      await cancelOne();
      setStatus(first.payment_intent_id, status);

      const answer = await begin();

      expect([answer.status, answer.body.code]).toEqual([409, "payment_processing"]);
      expect(openOf(orderId)).toEqual([]);
    },
  );

  it("because Stripe does not answer is begun later", async ({ expect }) => {
    const { orderId, begin, cancelOne, setSilent, openOf } = await begun();
    await cancelOne();

    setSilent(true);
    const refused = await begin();
    setSilent(false);
    const answer = await begin();

    expect([refused.status, refused.body.code, answer.status]).toEqual([503, "unavailable", 200]);
    expect(openOf(orderId).map(({ id }) => id)).toEqual([answer.body.payment_intent_id]);
  });

  it("after a former one that Stripe has ended, or that another account had, is none of these", async ({ expect }) => {
    const [ended, unknown] = [await begun(), await begun()];
    await Promise.all([ended.cancelOne(), unknown.cancelOne()]);
    ended.setStatus(ended.first.payment_intent_id, "canceled");
    unknown.intents.delete(unknown.first.payment_intent_id);

    expect([(await ended.begin()).status, (await unknown.begin()).status]).toEqual([200, 200]);
  });

  it("of what is left after a payment of too little leaves that payment alone", async ({ expect }) => {
    const { orderId, ask, begin, first, intents } = await begun();
    await notify(ask, succeeded(orderId, 100, { id: first.payment_intent_id }));

    const { status, body } = await begin();

    expect([status, body.amount]).toEqual([200, first.amount - 1]);
    expect(intents.get(first.payment_intent_id)?.status).toBe("requires_payment_method");
  });

  it("at once with another is the same one", async ({ expect }) => {
    const { orderId, begin, cancelOne, openOf } = await begun();
    await cancelOne();

    const answers = await Promise.all([begin(), begin()]);

    const given = answers.filter(({ status }) => status === 200).map(({ body }) => body.payment_intent_id);
    expect(new Set(given).size).toBe(1);
    expect(openOf(orderId).map(({ id }) => id)).toEqual([given[0]]);
    const rows = await rowsOf("SELECT intent_id FROM payment_intents WHERE order_id = ? AND canceled_at_ms IS NULL", orderId);
    expect(rows).toEqual([{ intent_id: given[0] }]);
  });
});
