import { beforeAll, describe, it, vi } from "vitest";
import { ORDERS, read } from "../support/orders/http.ts";
import { paidOrder } from "../support/payments/payments.ts";
import { eventOf, notify, shopWithStripe, waiting } from "../support/payments/stripe.ts";
import { demoWarehouses, newId } from "../support/shop/shop.ts";

beforeAll(demoWarehouses);

/** A Stripe that returns the same payment for the same key, ended or not, as the real one does. */
function shop() {
  const byKey = new Map<string, string>();
  return shopWithStripe((_form, { headers }) => {
    const key = headers.get("Idempotency-Key") ?? "";
    const id = byKey.get(key) ?? newId("pi");
    byKey.set(key, id);
    return { body: { id, client_secret: `secret of ${id}` } };
  });
}

describe("a payment that Stripe ended unpaid", () => {
  it("leaves the order waiting, as a failed one does, and the next one that is begun is another", async ({ expect }) => {
    const { ask } = shop();
    const { orderId, token } = await waiting();
    const headers = { Authorization: `Bearer ${token}` };
    const begin = async () => (await read(await ask(`${ORDERS}/${orderId}/payment`, { method: "POST", headers }))).body;
    const first = await begin();
    const again = await begin();

    const { status } = await notify(ask, eventOf("payment_intent.canceled", { id: first.payment_intent_id, metadata: {} }));
    const next = await begin();

    expect([status, again.payment_intent_id]).toEqual([200, first.payment_intent_id]);
    expect(next.payment_intent_id).not.toBe(first.payment_intent_id);
    expect(await paidOrder(orderId)).toMatchObject({ status: "PENDING", payment_status: "failed" });
  });

  it("of an order that is paid, or unknown, changes nothing", async ({ expect }) => {
    const { ask } = shop();

    const { status } = await notify(
      ask,
      eventOf("payment_intent.canceled", { id: newId("pi"), metadata: { order_id: newId("ORD") } }),
    );

    expect(status).toBe(200);
  });
});

describe("an event of an unknown type", () => {
  it("is acknowledged, and logged once with its type", async ({ expect }) => {
    const { ask } = shop();
    const log = vi.spyOn(console, "log").mockImplementation(() => {});
    const event = eventOf("customer.created", { id: newId("cus") });

    const answers = [await notify(ask, event), await notify(ask, event)];

    const lines = log.mock.calls.map(([line]) => JSON.parse(String(line)) as { event: string; type?: string });
    log.mockRestore();
    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
    expect(lines.filter((line) => line.event === "stripe_event_unknown")).toMatchObject([{ type: "customer.created" }]);
  });
});
