import { beforeAll, describe, it, vi } from "vitest";
import type { Ask } from "../support/http/app.ts";
import { cancel, type ProblemBody, unitsOf } from "../support/orders/http.ts";
import {
  alertsAbout,
  confirm,
  eventsFor,
  listen,
  paidOrder,
  paymentsOf,
  rowsOf,
  timelineOf,
} from "../support/payments/payments.ts";
import { demoWarehouses, newId } from "../support/shop/shop.ts";
import { failed, notify, shopWithStripe, succeeded, waiting } from "../support/payments/stripe.ts";

beforeAll(demoWarehouses);

const OK = { status: 200, body: { received: true } };

let ask: Ask;
beforeAll(() => {
  ask = shopWithStripe().ask;
});

describe("payment_intent.succeeded", () => {
  it("makes the order paid, with the actor stripe, and its units are allocated to it", async ({ expect }) => {
    await listen();
    const { orderId, rice, amount } = await waiting();
    const event = succeeded(orderId, amount, { id: "pi_1" });

    expect(await notify(ask, event)).toMatchObject(OK);

    expect(await paidOrder(orderId)).toMatchObject({ status: "PENDING", payment_status: "paid", paid_total: amount / 100 });
    expect((await paidOrder(orderId)).events.at(-1)).toMatchObject({ what: "paid", by: "stripe" });
    expect(await paymentsOf(orderId)).toEqual([{ provider: "stripe", reference: "pi_1", amount_minor: amount }]);
    expect(await eventsFor(orderId)).toEqual(["order.paid"]);
    await vi.waitFor(async () => expect(await unitsOf(rice)).toEqual({ BLR: [5, 0, 1] }));
  });

  it("twenty times at once, and again under other event ids, is recorded once", async ({ expect }) => {
    const { orderId, amount } = await waiting();
    const event = succeeded(orderId, amount);

    const answers = await Promise.all(Array.from({ length: 20 }, () => notify(ask, event)));
    const later = await notify(ask, { ...event, id: newId("evt") });

    expect([...answers, later].map(({ status }) => status)).toEqual(Array.from({ length: 21 }, () => 200));
    expect(await paymentsOf(orderId)).toHaveLength(1);
    expect(await timelineOf(orderId)).toEqual(["placed PENDING", "paid"]);
    expect(await rowsOf("SELECT type FROM provider_events WHERE event_id = ?", event.id)).toEqual([
      { type: "payment_intent.succeeded" },
    ]);
  });

  it("finds the order by the payment that was started here, before the event's metadata", async ({ expect }) => {
    const { orderId, amount } = await waiting();
    const other = await waiting();
    await rowsOf(
      "INSERT INTO payment_intents (intent_id, order_id, amount_minor, created_at_ms) VALUES ('pi_begun', ?, ?, 0)",
      orderId,
      amount,
    );

    await notify(ask, succeeded(other.orderId, amount, { id: "pi_begun" }));

    expect([(await paidOrder(orderId)).payment_status, (await paidOrder(other.orderId)).payment_status]).toEqual([
      "paid",
      "pending",
    ]);
  });

  it("for a cancelled order is recorded, and due back", async ({ expect }) => {
    const { orderId, amount, token } = await waiting();
    await cancel(orderId, { token });

    expect(await notify(ask, succeeded(orderId, amount))).toMatchObject(OK);

    expect(await paidOrder(orderId)).toMatchObject({
      status: "CANCELLED",
      payment_status: "refund_due",
      paid_total: amount / 100,
    });
    expect(await alertsAbout(orderId)).toEqual(["refund_due"]);
  });

  it("for a paid order is recorded too, with an alert", async ({ expect }) => {
    const { orderId, amount } = await waiting();
    await confirm(orderId);

    expect(await notify(ask, succeeded(orderId, amount))).toMatchObject(OK);

    expect(await paidOrder(orderId)).toMatchObject({ payment_status: "paid", paid_total: (2 * amount) / 100 });
    expect(await alertsAbout(orderId)).toEqual(["payment_surplus"]);
  });

  it("of less than the total leaves the order unpaid, with an alert; the rest makes it paid", async ({ expect }) => {
    const { orderId, amount } = await waiting();

    await notify(ask, succeeded(orderId, 100));
    const part = await paidOrder(orderId);
    const due = await confirm<ProblemBody>(orderId);
    const alerts = await alertsAbout(orderId);
    await notify(ask, succeeded(orderId, amount - 100));

    expect(part).toMatchObject({ payment_status: "pending", paid_total: 1 });
    expect(due.body).toMatchObject({ code: "payment_mismatch", amount_due: (amount - 100) / 100 });
    expect(await paidOrder(orderId)).toMatchObject({ payment_status: "paid", paid_total: amount / 100 });
    expect([alerts, await alertsAbout(orderId)]).toEqual([["payment_mismatch"], []]);
  });

  it("of more than the total makes it paid, with an alert", async ({ expect }) => {
    const { orderId, amount } = await waiting();

    await notify(ask, succeeded(orderId, amount + 1));

    expect((await paidOrder(orderId)).payment_status).toBe("paid");
    expect(await alertsAbout(orderId)).toEqual(["payment_surplus"]);
  });

  it("in another currency is recorded without effect, with an alert", async ({ expect }) => {
    const { orderId, amount } = await waiting();

    await notify(ask, succeeded(orderId, amount, { currency: "usd" }));

    expect(await paidOrder(orderId)).toMatchObject({ payment_status: "pending", paid_total: 0 });
    expect(await paymentsOf(orderId)).toHaveLength(1);
    expect(await alertsAbout(orderId)).toEqual([]);
    const [payment] = await paymentsOf(orderId);
    expect(await alertsAbout(String(payment?.reference))).toEqual(["payment_unknown"]);
  });

  it.for([["ORDNONE"], [undefined]])("for the missing order %s opens an alert", async ([orderId], { expect }) => {
    const intentId = newId("pi");

    expect(await notify(ask, succeeded(orderId, 100, { id: intentId }))).toMatchObject(OK);

    expect(await alertsAbout(intentId)).toEqual(["payment_unknown"]);
  });
});

describe("payment_intent.payment_failed", () => {
  it("is shown by the order, its timeline and webhooks; its units are kept, and it can be paid later", async ({ expect }) => {
    await listen();
    const { orderId, rice, amount } = await waiting();
    const event = failed(orderId);

    await Promise.all([1, 2, 3].map(() => notify(ask, event)));
    const order = await paidOrder(orderId);
    const kept = await unitsOf(rice);
    await notify(ask, succeeded(orderId, amount));

    expect(order).toMatchObject({ status: "PENDING", payment_status: "failed" });
    expect(kept).toEqual({ BLR: [5, 1] });
    expect(await timelineOf(orderId)).toEqual(["placed PENDING", "payment_failed", "paid"]);
    expect(await eventsFor(orderId)).toEqual(["order.paid", "order.payment_failed"]);
    await vi.waitFor(async () => expect(await unitsOf(rice)).toEqual({ BLR: [5, 0, 1] }));
  });

  it("that comes after the payment, or for a missing order, changes nothing", async ({ expect }) => {
    const { orderId, amount } = await waiting();
    await notify(ask, succeeded(orderId, amount));
    const before = await paidOrder(orderId);

    const answers = [await notify(ask, failed(orderId)), await notify(ask, failed("ORDNONE"))];

    expect(answers).toMatchObject([OK, OK]);
    expect(await paidOrder(orderId)).toEqual(before);
  });
});
