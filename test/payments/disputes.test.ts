import { beforeAll, describe, it } from "vitest";
import { get, post } from "../support/http/requests.ts";
import { cancel, ORDERS, type ProblemBody, read } from "../support/orders/http.ts";
import { move } from "../support/orders/lifecycle.ts";
import { alertsAbout, eventsFor, listen, type PaidOrder, paidOrder, timelineOf } from "../support/payments/payments.ts";
import { chargeRefunded, disputed, notify, shopWithStripe, succeeded } from "../support/payments/stripe.ts";
import { endDispute, paidByStripe, refundsOf, underDispute } from "../support/payments/stripe-worker.ts";
import { demoWarehouses, newId } from "../support/shop/shop.ts";

beforeAll(demoWarehouses);
const { ask } = shopWithStripe();

const refund = async (orderId: string, amount: number) =>
  read<PaidOrder & ProblemBody>(await post(`${ORDERS}/${orderId}/refunds`, { amount, reason: "Torn" }, { admin: true }));

describe("a payment that its customer disputes", () => {
  it("makes the order disputed: with an alert, a timeline event and a webhook; and refunds are blocked", async ({ expect }) => {
    await listen();
    const { orderId, total } = await underDispute();

    const refused = await refund(orderId, 1);

    expect(await paidOrder(orderId)).toMatchObject({ status: "PENDING", payment_status: "disputed", paid_total: total });
    expect([await alertsAbout(orderId), await timelineOf(orderId)]).toEqual([
      ["payment_disputed"],
      ["placed PENDING", "paid", "disputed"],
    ]);
    expect(await eventsFor(orderId)).toEqual(["order.disputed", "order.paid"]);
    expect([refused.status, refused.body.code]).toEqual([409, "dispute_open"]);
    expect(await refundsOf(orderId)).toEqual([]);
    const list = await read<{ orders: PaidOrder[] }>(await get(`${ORDERS}?q=${orderId}`, { admin: true }));
    expect(list.body.orders).toMatchObject([{ payment_status: "disputed" }]);
  });

  it("and that is won is as before", async ({ expect }) => {
    await listen();
    const order = await underDispute();

    await endDispute(order, "won");
    const refunded = await refund(order.orderId, 1);

    expect(refunded.body).toMatchObject({ payment_status: "partially_refunded", refunded_total: 1 });
    expect(await alertsAbout(order.orderId)).toEqual([]);
    expect(await timelineOf(order.orderId)).toEqual(["placed PENDING", "paid", "disputed", "dispute_won", "refunded"]);
    expect(await eventsFor(order.orderId)).toEqual(["order.dispute_closed", "order.disputed", "order.paid", "order.refunded"]);
  });

  it("and that is lost has gone back: nothing is left to refund, and nothing is due", async ({ expect }) => {
    const order = await underDispute();

    await endDispute(order, "lost");
    const refused = await refund(order.orderId, 1);

    expect(await paidOrder(order.orderId)).toMatchObject({
      payment_status: "refunded",
      refunded_total: order.total,
      amount_due: 0,
      refund_due: 0,
    });
    expect([refused.status, refused.body]).toMatchObject([409, { code: "more_than_paid", amount_left: 0 }]);
    expect(await alertsAbout(order.orderId)).toEqual(["dispute_lost"]);
    const page = await read<{ disputes: unknown[]; refunds: unknown[] }>(
      await get(`${ORDERS}/${order.orderId}/payments`, { admin: true }),
    );
    expect(page.body).toMatchObject({
      refunds: [{ amount: order.total, reason: "Dispute lost", status: "succeeded" }],
      disputes: [{ dispute_id: order.disputeId, amount: order.total, reason: "fraudulent", status: "lost" }],
    });
  });

  it("and that is lost, and then won by an appeal, has come back", async ({ expect }) => {
    const order = await underDispute();
    await endDispute(order, "lost", 9);

    await notify(
      ask,
      disputed(order.intentId, order.amount, { id: order.disputeId, type: "funds_reinstated", status: "won", at: 99 }),
    );

    expect(await paidOrder(order.orderId)).toMatchObject({ payment_status: "paid", refunded_total: 0 });
    expect((await refund(order.orderId, order.total)).status).toBe(200);
  });

  it("for a part is lost for that part, and what Stripe refunds of the rest counts beside it", async ({ expect }) => {
    const order = await paidByStripe();
    const id = newId("dp");
    await notify(ask, disputed(order.intentId, 5_000, { id }));

    await notify(ask, disputed(order.intentId, 5_000, { id, type: "closed", status: "lost", at: 9 }));
    await notify(ask, chargeRefunded(order.intentId, 1_000));

    expect(await paidOrder(order.orderId)).toMatchObject({ payment_status: "partially_refunded", refunded_total: 60 });
  });

  it("of a cancelled order settles the refund that was due, where it is lost", async ({ expect }) => {
    const order = await underDispute();
    await cancel(order.orderId, { admin: true });

    const during = await paidOrder(order.orderId);
    await endDispute(order, "lost");

    expect(during).toMatchObject({ status: "CANCELLED", payment_status: "disputed", refund_due: order.total });
    expect(await paidOrder(order.orderId)).toMatchObject({ payment_status: "refunded", refund_due: 0 });
    expect(await alertsAbout(order.orderId)).toEqual(["dispute_lost"]);
  });

  it("does not keep the shop from going on: the order can be processed", async ({ expect }) => {
    const { orderId } = await underDispute();

    expect(await move(orderId, "PROCESSING")).toMatchObject({ status: 200, body: { payment_status: "disputed" } });
  });
});

describe("an inquiry of the bank", () => {
  it("about a payment that came again, after all was refunded, leaves the alert of the surplus", async ({ expect }) => {
    const { orderId, amount } = await paidByStripe();
    await refund(orderId, amount / 100);
    const again = newId("pi");
    await notify(ask, succeeded(orderId, amount, { id: again }));

    await notify(ask, disputed(again, amount, { id: newId("dp"), status: "warning_needs_response" }));

    expect(await alertsAbout(orderId)).toEqual(["payment_disputed", "payment_surplus"]);
  });

  it("is told, but blocks nothing: a refund may settle it", async ({ expect }) => {
    const order = await underDispute({ status: "warning_needs_response" });

    const before = await paidOrder(order.orderId);
    const alerts = await alertsAbout(order.orderId);
    const refunded = await refund(order.orderId, 1);
    await endDispute(order, "warning_closed");

    expect([before.payment_status, alerts, refunded.status]).toEqual(["paid", ["payment_disputed"], 200]);
    expect(await alertsAbout(order.orderId)).toEqual([]);
  });
});
