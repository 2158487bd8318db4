import { beforeAll, describe, it } from "vitest";
import type { ProblemBody } from "../support/orders/http.ts";
import { alertsAbout, eventsFor, listen, paidOrder, rowsOf, timelineOf } from "../support/payments/payments.ts";
import { chargeRefunded, disputed, eventOf, notify, shopWithStripe } from "../support/payments/stripe.ts";
import { endDispute, paidByStripe, refundsOf, underDispute } from "../support/payments/stripe-worker.ts";
import { demoWarehouses, newId } from "../support/shop/shop.ts";

beforeAll(demoWarehouses);
const { ask } = shopWithStripe();

describe("reports about a dispute", () => {
  it("twice, at once, late and in any order come to the same", async ({ expect }) => {
    const order = await paidByStripe();
    const id = newId("dp");
    const report = (type: string, status: string, at: number) => disputed(order.intentId, order.amount, { id, type, status, at });
    const opened = report("created", "needs_response", 1);

    await notify(ask, report("closed", "lost", 5));
    await Promise.all([notify(ask, opened), notify(ask, opened), notify(ask, report("funds_withdrawn", "needs_response", 1))]);
    await notify(ask, report("closed", "lost", 5));

    expect(await paidOrder(order.orderId)).toMatchObject({ payment_status: "refunded", refunded_total: order.amount / 100 });
    expect(await timelineOf(order.orderId)).toEqual(["placed PENDING", "paid", "dispute_lost"]);
    expect(await refundsOf(order.orderId)).toHaveLength(1);
  });

  it("of several disputes keep the order disputed until the last has ended", async ({ expect }) => {
    const order = await underDispute();
    const other = newId("dp");
    await notify(ask, disputed(order.intentId, 100, { id: other }));

    await endDispute(order, "won");
    const between = await paidOrder(order.orderId);
    await endDispute({ ...order, disputeId: other }, "won");

    expect([between.payment_status, (await paidOrder(order.orderId)).payment_status]).toEqual(["disputed", "paid"]);
  });

  it("about an unknown charge are acknowledged, and nothing is moved", async ({ expect }) => {
    const counts = async () => rowsOf("SELECT (SELECT count(*) FROM disputes) + (SELECT count(*) FROM alerts) AS rows");
    const before = await counts();

    const answers = [
      await notify(ask, disputed(newId("pi"), 100, { id: newId("dp") })),
      await notify(ask, disputed(null, 100, { id: newId("dp") })),
    ];

    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
    expect(await counts()).toEqual(before);
  });

  it("that it was lost, won and lost again come to a loss, and each is told", async ({ expect }) => {
    await listen();
    const order = await underDispute();

    await endDispute(order, "lost", 5);
    await endDispute(order, "won", 6);
    const between = await alertsAbout(order.orderId);
    const answer = await endDispute(order, "lost", 7);

    expect(answer.status).toBe(200);
    expect(await paidOrder(order.orderId)).toMatchObject({ payment_status: "refunded", refunded_total: order.total });
    expect((await refundsOf(order.orderId)).map(({ status }) => status)).toEqual(["failed", "succeeded"]);
    expect([between, await alertsAbout(order.orderId)]).toEqual([[], ["dispute_lost"]]);
    expect((await eventsFor(order.orderId)).filter((type) => type === "order.dispute_closed")).toHaveLength(3);
  });

  it("that it was lost, won and lost again, of which the middle one comes last, come to one loss", async ({ expect }) => {
    const order = await underDispute();

    await endDispute(order, "lost", 5);
    await endDispute(order, "lost", 7);
    await endDispute(order, "won", 6);

    expect(await paidOrder(order.orderId)).toMatchObject({ payment_status: "refunded", refunded_total: order.total });
    expect(await timelineOf(order.orderId)).toEqual(["placed PENDING", "paid", "disputed", "dispute_lost"]);
    expect(await alertsAbout(order.orderId)).toEqual(["dispute_lost"]);
  });

  it("that one of two was won leave the alert of the other that was lost", async ({ expect }) => {
    const order = await underDispute();
    const other = newId("dp");
    await notify(ask, disputed(order.intentId, 100, { id: other }));

    await endDispute({ ...order, amount: 100, disputeId: other }, "lost");
    await endDispute(order, "won");

    expect(await alertsAbout(order.orderId)).toEqual(["dispute_lost"]);
  });

  it("before the payment are sent again", async ({ expect }) => {
    const intentId = newId("pi");
    await rowsOf(
      "INSERT INTO payment_intents (intent_id, order_id, amount_minor, created_at_ms) VALUES (?, 'ORDX', 100, 0)",
      intentId,
    );

    const answer = await notify<ProblemBody>(ask, disputed(intentId, 100, { id: newId("dp") }));

    expect([answer.status, answer.body.code]).toEqual([503, "unresolved"]);
  });

  it("in another currency count as the whole payment", async ({ expect }) => {
    const order = await paidByStripe();
    const id = newId("dp");
    await notify(ask, disputed(order.intentId, 7, { id, currency: "usd" }));
    await notify(ask, disputed(order.intentId, 7, { id, type: "closed", status: "lost", at: 9, currency: "usd" }));

    expect(await paidOrder(order.orderId)).toMatchObject({ refunded_total: order.amount / 100 });
  });
});

describe("the former name of refund.updated", () => {
  it("means the same", async ({ expect }) => {
    const order = await paidByStripe();
    await notify(ask, chargeRefunded(order.intentId, order.amount));
    const failed = { id: newId("re"), status: "failed", payment_intent: order.intentId, amount: order.amount, currency: "inr" };

    await notify(ask, eventOf("charge.refund.updated", failed));

    expect(await alertsAbout(order.orderId)).toContain("refund_failed");
  });
});
