import { env } from "cloudflare:workers";
import { beforeAll, describe, it } from "vitest";
import { get, post } from "../../support/http/requests.ts";
import { move } from "../../support/orders/lifecycle.ts";
import { bodyOf, cancel, inStock, lineOf, ORDERS, placed, type ProblemBody, read } from "../../support/orders/http.ts";
import { alertsAbout, confirm, listen, type PaidOrder, paidOrder, rowsOf } from "../../support/payments/payments.ts";
import { demoWarehouses } from "../../support/shop/shop.ts";

beforeAll(demoWarehouses);

/** An order of a thing for 100.00 and one for 60.00, picked up, so that delivery costs nothing, on its way. */
async function onItsWay(more: Record<string, unknown> = {}) {
  const [dear, cheap] = [await inStock(5, { price: 100 }), await inStock(5, { price: 60 })];
  const order = await placed(bodyOf([dear, cheap], { delivery_method: "self_service", ...more }));
  if (more.payment_method !== undefined) await confirm(order.order_id);
  await move(order.order_id, "PROCESSING");
  return { orderId: order.order_id, dear, cheap };
}

async function takeBack<B = PaidOrder>(orderId: string, productId: string, quantity = 1) {
  const items = [{ product_id: productId, quantity, condition: "sellable" }];
  return read<B>(await post(`${ORDERS}/${orderId}/returns`, { items, reason: "Too small" }, { admin: true }));
}

async function refund(orderId: string, amount: number) {
  return read<PaidOrder>(await post(`${ORDERS}/${orderId}/refunds`, { amount, reason: "Came back" }, { admin: true }));
}

/** What webhooks were told about an order, oldest first. */
async function toldAbout(orderId: string, type: string) {
  const rows = await rowsOf<{ payload: string }>(
    "SELECT DISTINCT payload FROM webhook_deliveries WHERE payload LIKE ? AND event_type = ? ORDER BY created_at_ms",
    `%${orderId}%`,
    type,
  );
  return rows.map(({ payload }) => (JSON.parse(payload) as { data: Record<string, unknown> }).data);
}

const owing = (amount_due: number, refund_due: number) => ({ amount_due, refund_due });

describe("a cash order", () => {
  it("of 160 with a 60 item returned at the door is settled by 100", async ({ expect }) => {
    await listen();
    const { orderId, cheap } = await onItsWay();

    const returned = await takeBack(orderId, cheap);
    const all = await confirm<ProblemBody>(orderId, { amount: 160 });
    const rest = await confirm(orderId, { amount: 100 });

    expect(await paidOrder(orderId)).toMatchObject({ payment_status: "paid", total: 160, paid_total: 100, ...owing(0, 0) });
    expect([returned.status, returned.body]).toMatchObject([200, { payment_status: "cod", ...owing(100, 0) }]);
    expect([all.status, all.body]).toMatchObject([409, { code: "payment_mismatch", amount_due: 100 }]);
    expect(rest.body.events.map(({ what, ...event }) => [what, (event as { amount?: unknown }).amount])).toEqual([
      ["placed", null],
      ["status_changed", null],
      ["returned", 60],
      ["paid", 100],
    ]);
    expect(await alertsAbout(orderId)).toEqual([]);
  });

  it("that came back whole takes no money any more", async ({ expect }) => {
    const { orderId, dear, cheap } = await onItsWay();
    await takeBack(orderId, cheap);
    await takeBack(orderId, dear);

    const answers = [await confirm<ProblemBody>(orderId, { amount: 160 }), await confirm<ProblemBody>(orderId, { amount: 0 })];

    for (const { status, body } of answers) expect([status, body.code]).toEqual([409, "payment_not_due"]);
    expect(await paidOrder(orderId)).toMatchObject({ status: "RETURNED", payment_status: "cod", paid_total: 0, ...owing(0, 0) });
  });

  it("that is cancelled has nothing due", async ({ expect }) => {
    const order = await placed(bodyOf([await inStock(1)]));

    const { body } = await cancel<PaidOrder>(order.order_id, { admin: true });

    expect(order).toMatchObject({ amount_due: order.total, refund_due: 0 });
    expect(body).toMatchObject(owing(0, 0));
  });
});

describe("a paid order", () => {
  it("partly returned owes a refund: an alert, the timeline, webhooks and the audit log have the amounts", async ({ expect }) => {
    await listen();
    const { orderId, cheap } = await onItsWay({ payment_method: "card" });

    const { body } = await takeBack(orderId, cheap);

    expect(body).toMatchObject({ status: "PROCESSING", payment_status: "paid", ...owing(0, 60) });
    expect(body.events.slice(-2)).toMatchObject([
      { what: "returned", amount: 60 },
      { what: "refund_due", amount: 60 },
    ]);
    expect(await alertsAbout(orderId)).toEqual(["refund_due"]);
    expect(await toldAbout(orderId, "order.refund_due")).toMatchObject([
      { payment_status: "paid", paid_total: 160, ...owing(0, 60) },
    ]);
    const audit = await rowsOf<{ after: string }>(
      "SELECT after FROM audit_log WHERE record_id = ? AND action = 'order.return'",
      orderId,
    );
    expect(audit.map(({ after }) => JSON.parse(after) as object)).toMatchObject([{ refund_due: 60 }]);
  });

  it("owes more with each return, until the refund settles it and closes the alert", async ({ expect }) => {
    const { orderId, dear, cheap } = await onItsWay({ payment_method: "card" });
    await takeBack(orderId, cheap);
    await takeBack(orderId, dear);
    const [alert] = await rowsOf<{ details: string }>(
      "SELECT details FROM alerts WHERE subject = ? AND kind = 'refund_due'",
      orderId,
    );

    const part = await refund(orderId, 100);
    const open = await alertsAbout(orderId);
    const rest = await refund(orderId, 60);

    expect(JSON.parse(alert?.details ?? "")).toMatchObject({ status: "RETURNED", refund_due: 160 });
    expect([part.body, rest.body]).toMatchObject([
      { payment_status: "refund_due", ...owing(0, 60) },
      { payment_status: "refunded", ...owing(0, 0) },
    ]);
    expect([open, await alertsAbout(orderId)]).toEqual([["refund_due"], []]);
  });

  it("partly returned and refunded is settled, and its alert closed, while it goes on", async ({ expect }) => {
    const { orderId, cheap } = await onItsWay({ payment_method: "card" });
    await takeBack(orderId, cheap);

    const { body } = await refund(orderId, 60);

    expect(body).toMatchObject({
      status: "PROCESSING",
      payment_status: "partially_refunded",
      refunded_total: 60,
      ...owing(0, 0),
    });
    expect(await alertsAbout(orderId)).toEqual([]);
    expect((await move(orderId, "COMPLETED")).status).toBe(200);
  });

  it("that is cancelled owes all of it, and a refund that was given before makes nothing due again", async ({ expect }) => {
    const order = await placed(
      bodyOf([await inStock(1, { price: 100 })], { payment_method: "card", delivery_method: "self_service" }),
    );
    await confirm(order.order_id);

    const given = await refund(order.order_id, 10);
    const { body } = await cancel<PaidOrder>(order.order_id, { admin: true });

    expect(given.body).toMatchObject(owing(0, 0));
    expect(body).toMatchObject({ payment_status: "refund_due", ...owing(0, 90) });
  });
});

describe("amounts of rows that a release before 0.4.0 wrote", () => {
  it("are right on the page and in lists: they are computed from the returns", async ({ expect }) => {
    const { orderId, cheap } = await onItsWay();
    await env.DB.prepare(
      `INSERT INTO return_items (order_id, return_id, line_no, product_id, variant_id, warehouse_id, quantity, condition, reason, actor, at_ms)
       VALUES (?1, 'RETOLD', 0, ?2, ?2, 'BLR', 1, 'sellable', '', 'admin', 1)`,
    )
      .bind(orderId, cheap)
      .run();

    const { body } = await read<{ orders: PaidOrder[] }>(await get(`${ORDERS}?q=${orderId}`, { admin: true }));

    expect(await paidOrder(orderId)).toMatchObject({ total: 160, ...owing(100, 0) });
    expect(body.orders).toMatchObject([{ order_id: orderId, total: 160, ...owing(100, 0) }]);
  });
});

describe("an order that was cancelled in part", () => {
  it("has the same amounts on its page and in lists", async ({ expect }) => {
    const { orderId } = await onItsWay();
    const part = { items: [{ line_no: 2, quantity: 1 }] };
    const cancelled = await read<PaidOrder>(await post(`${ORDERS}/${orderId}/cancel`, part, { admin: true }));

    const { body } = await read<{ orders: PaidOrder[] }>(await get(`${ORDERS}?q=${orderId}`, { admin: true }));
    await confirm(orderId, { amount: 100 });
    expect([cancelled.status, cancelled.body]).toMatchObject([200, { total: 160, ...owing(100, 0) }]);
    expect(body.orders).toMatchObject([{ total: 160, ...owing(100, 0) }]);
    expect(await paidOrder(orderId)).toMatchObject({ payment_status: "paid", ...owing(0, 0) });
  });
});

describe("an order of several units of a line with a discount", () => {
  it("gives each unit back for its share, and all of them for the total with delivery", async ({ expect }) => {
    const productId = await inStock(5, { price: 33.34 });
    const order = await placed(bodyOf([lineOf(productId, 3)]));
    await move(order.order_id, "PROCESSING");

    const due = [Number(order.total)];
    for (let unit = 1; unit <= 3; unit += 1) due.push(Number((await takeBack(order.order_id, productId)).body.amount_due));

    // 100.02 and 49.00 for delivery.
    expect(due).toEqual([149.02, 115.68, 82.34, 0]);
  });
});
