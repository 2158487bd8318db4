import { beforeAll, describe, it, vi } from "vitest";
import { keyOf, userOf } from "../support/accounts/accounts.ts";
import { type AskOptions, get, post } from "../support/http/requests.ts";
import { move, soldOrder } from "../support/orders/lifecycle.ts";
import { type Answer, cancel, newKey, ORDERS, type ProblemBody, read, unitsOf } from "../support/orders/http.ts";
import { alertsAbout, confirm, eventsFor, listen, paidOrder, type PaidOrder, timelineOf } from "../support/payments/payments.ts";
import { demoWarehouses, newId } from "../support/shop/shop.ts";
import { sqlInD1 } from "../support/stock/stock.ts";

beforeAll(demoWarehouses);

async function refund<B = PaidOrder>(
  orderId: string,
  amount: unknown,
  more: object = {},
  options: AskOptions = { admin: true },
): Promise<Answer<B>> {
  return read<B>(await post(`${ORDERS}/${orderId}/refunds`, { amount, reason: "Bag torn", ...more }, options));
}

/** An order with a manual payment, and its total. */
async function paid(more: Record<string, unknown> = { payment_method: "card" }) {
  const order = await soldOrder(1, more);
  const { total } = (await confirm(order.orderId)).body;
  return { ...order, total };
}

describe("a refund of a manual payment", () => {
  it("of a part is recorded, with its timeline event and webhook, and the order's status stays", async ({ expect }) => {
    await listen();
    const { orderId } = await paid();

    const { status, body } = await refund(orderId, 0.5);
    const moved = await move(orderId, "PROCESSING");

    expect(status).toBe(200);
    expect(body).toMatchObject({ status: "PENDING", payment_status: "partially_refunded", refunded_total: 0.5 });
    expect(body.events.at(-1)).toMatchObject({ what: "refunded", by: "admin", note: "Bag torn" });
    expect(await eventsFor(orderId)).toEqual(["order.paid", "order.refunded", "order.status_changed"]);
    expect([moved.status, moved.body.status]).toEqual([200, "PROCESSING"]);
  });

  it("of everything, in parts, ends as refunded", async ({ expect }) => {
    const { orderId, total } = await paid();

    await refund(orderId, 1);
    const { body } = await refund(orderId, Number((total - 1).toFixed(2)));

    expect(body).toMatchObject({ payment_status: "refunded", refunded_total: total, paid_total: total });
    expect(await timelineOf(orderId)).toEqual(["placed PENDING", "paid", "refunded", "refunded"]);
  });

  it("that is due stays due until everything is refunded, which closes its alert", async ({ expect }) => {
    const { orderId, total } = await paid();
    await cancel(orderId, { admin: true });

    const part = await refund(orderId, 1);
    const alerts = await alertsAbout(orderId);
    const all = await refund(orderId, Number((total - 1).toFixed(2)));

    expect([part.body.payment_status, all.body.payment_status]).toEqual(["refund_due", "refunded"]);
    expect([alerts, await alertsAbout(orderId)]).toEqual([["refund_due"], []]);
  });

  it("is read by staff with its payment, and by nobody else", async ({ expect }) => {
    const { orderId, total, token } = await paid();
    await refund(orderId, 1);
    const ask = (options: AskOptions) => get(`${ORDERS}/${orderId}/payments`, options);

    const { status, body } = await read<{ payments: { payment_id: string }[] }>(await ask({ admin: true }));
    const [payment] = body.payments;

    expect(status).toBe(200);
    expect(body).toEqual({
      payments: [
        {
          payment_id: expect.stringMatching(/^PAY/),
          provider: "manual",
          payment_reference: expect.any(String),
          amount: total,
          currency: "INR",
          at: expect.any(String),
          by: "admin",
        },
      ],
      refunds: [
        {
          refund_id: expect.stringMatching(/^REF/),
          payment_id: payment?.payment_id,
          amount: 1,
          reason: "Bag torn",
          status: "recorded",
          provider_reference: null,
          at: expect.any(String),
          by: "admin",
        },
      ],
      disputes: [],
    });
    expect([(await ask({})).status, (await ask({ token })).status]).toEqual([401, 401]);
    expect((await ask({ token: (await userOf()).token })).status).toBe(403);
  });
});

describe("a refund of more than is left", () => {
  it("is refused with the amount left, and nothing is recorded", async ({ expect }) => {
    const { orderId, total } = await paid();
    await refund(orderId, 1);

    const { status, body } = await refund<ProblemBody>(orderId, total);

    expect([status, body]).toMatchObject([
      409,
      { code: "more_than_paid", amount_left: Number((total - 1).toFixed(2)), currency: "INR" },
    ]);
    expect(await paidOrder(orderId)).toMatchObject({ refunded_total: 1 });
  });

  it("of an unpaid order is refused, also with cash on delivery", async ({ expect }) => {
    const { orderId } = await soldOrder(1);

    expect((await refund<ProblemBody>(orderId, 0.01)).body).toMatchObject({ code: "more_than_paid", amount_left: 0 });
  });

  it("is not possible by sending many at once", async ({ expect }) => {
    const { orderId, total } = await paid();

    const answers = await Promise.all([1, 2, 3, 4].map(() => refund<ProblemBody>(orderId, Number((total * 0.6).toFixed(2)))));

    // Of many at once some may be unresolved because others were faster; none is paid out twice.
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(answers.filter(({ status }) => ![200, 409, 503].includes(status))).toEqual([]);
    expect(await sqlInD1("SELECT 1 FROM refunds WHERE order_id = ?", orderId)).toHaveLength(1);
  });
});

describe("a repeated refund", () => {
  it("with its key is recorded once, and marked as a replay", async ({ expect }) => {
    const { orderId } = await paid();
    const options = { admin: true, key: newKey() };

    await refund(orderId, 1, {}, options);
    const again = await refund(orderId, 1, {}, options);
    const other = await refund<ProblemBody>(orderId, 2, {}, options);

    expect([again.status, again.headers.get("Idempotency-Replayed"), again.body.refunded_total]).toEqual([200, "true", 1]);
    expect([other.status, other.body.code]).toEqual([422, "idempotency_key_reused"]);
    expect(await sqlInD1("SELECT 1 FROM refunds WHERE order_id = ?", orderId)).toHaveLength(1);
  });
});

describe("refunding", () => {
  it("is open to staff, or a machine with the right; nobody else", async ({ expect }) => {
    const { orderId, token } = await paid();
    const asked = async (options: AskOptions) => (await refund(orderId, 0.01, {}, options)).status;

    const statuses = [
      await asked({}),
      await asked({ token }),
      await asked({ token: (await userOf()).token }),
      await asked({ token: (await keyOf(["payments:confirm"])).key }),
      await asked({ token: (await keyOf(["payments:refund"])).key }),
      await asked({ token: (await userOf("staff")).token }),
    ];

    expect(statuses).toEqual([401, 401, 403, 403, 200, 200]);
  });
});

describe("an invalid refund", () => {
  it("of a missing order is refused", async ({ expect }) => {
    expect((await refund(newId("ORD"), 1)).status).toBe(404);
  });

  it.for([
    ["amount", 0],
    ["amount", -1],
    ["amount", "1"],
    ["amount", null],
    ["amount", undefined],
    ["amount", 0.001],
    ["amount", 1e300],
    ["reason", ""],
    ["reason", undefined],
    ["reason", 7],
    ["reason", "x".repeat(501)],
    ["reason", "a\u0000b"],
    ["reason", "\udfff"],
  ] as const)("because %s is %j names the field", async ([field, value], { expect }) => {
    const { orderId, rice } = await paid();
    await vi.waitFor(async () => expect(await unitsOf(rice)).toEqual({ BLR: [5, 0, 1] }));

    const { status, body } = await refund<ProblemBody>(orderId, 1, { [field]: value });

    expect([status, body.code, body.errors?.[0]?.field]).toEqual([422, "validation_failed", field]);
    expect((await paidOrder(orderId)).refunded_total).toBe(0);
  });
});
