import { env } from "cloudflare:workers";
import { beforeAll, describe, it, vi } from "vitest";
import { move, soldOrder } from "../support/orders/lifecycle.ts";
import { cancel, newKey, type ProblemBody, unitsOf } from "../support/orders/http.ts";
import { alertsAbout, confirm, paidOrder, paymentsOf, timelineOf } from "../support/payments/payments.ts";
import { demoWarehouses, newId } from "../support/shop/shop.ts";

beforeAll(demoWarehouses);

const CARD = { payment_method: "card" };

describe("a payment that is confirmed in time", () => {
  it("makes the order paid, and its units are allocated to it", async ({ expect }) => {
    const { orderId, rice } = await soldOrder(2, CARD);

    const { status, body } = await confirm(orderId, { payment_reference: "UTR 1" });

    expect(status).toBe(200);
    expect(body).toMatchObject({ status: "PENDING", payment_status: "paid", paid_total: body.total, refunded_total: 0 });
    expect(await timelineOf(orderId)).toEqual(["placed PENDING", "paid"]);
    expect(await paymentsOf(orderId)).toEqual([{ provider: "manual", reference: "UTR 1", amount_minor: body.total * 100 }]);
    await vi.waitFor(async () => expect(await unitsOf(rice)).toEqual({ BLR: [5, 0, 2] }));
  });

  it("allows the order to be processed, which was refused before", async ({ expect }) => {
    const { orderId } = await soldOrder(1, CARD);

    const before = await move(orderId, "PROCESSING");
    await confirm(orderId);
    const after = await move(orderId, "PROCESSING");

    expect([before.status, after.status, after.body.status]).toEqual([409, 200, "PROCESSING"]);
  });

  it("after a failed attempt is accepted as well", async ({ expect }) => {
    const { orderId, rice } = await soldOrder(1, CARD);
    await env.DB.prepare("UPDATE orders SET payment_status = 'failed' WHERE order_id = ?").bind(orderId).run();

    const { body } = await confirm(orderId);

    expect(body.payment_status).toBe("paid");
    await vi.waitFor(async () => expect(await unitsOf(rice)).toEqual({ BLR: [5, 0, 1] }));
  });

  it.for(["PENDING", "PROCESSING", "COMPLETED"])(
    "of a cash-on-delivery order that is %s is the courier's cash",
    async (at, { expect }) => {
      const { orderId, rice } = await soldOrder(2);
      if (at !== "PENDING") await move(orderId, "PROCESSING");
      if (at === "COMPLETED") await move(orderId, "COMPLETED");

      const { body } = await confirm(orderId);

      expect([body.status, body.payment_status]).toEqual([at, "paid"]);
      const units = at === "COMPLETED" ? [3, 0] : [5, 0, 2];
      await vi.waitFor(async () => expect(await unitsOf(rice)).toEqual({ BLR: units }));
    },
  );
});

describe("the same payment again", () => {
  it("returns the order as it is now and changes nothing, in any status", async ({ expect }) => {
    const { orderId } = await soldOrder(1, CARD);
    const reference = { payment_reference: newId("ref") };
    await confirm(orderId, reference);
    await move(orderId, "PROCESSING");
    const before = await paidOrder(orderId);

    const { status, body } = await confirm(orderId, reference);

    expect([status, body]).toEqual([200, before]);
    expect(await paymentsOf(orderId)).toHaveLength(1);
  });

  it("twenty times at once is recorded once", async ({ expect }) => {
    const { orderId } = await soldOrder(1, CARD);
    const reference = { payment_reference: newId("ref") };

    const answers = await Promise.all(Array.from({ length: 20 }, () => confirm(orderId, reference)));

    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    expect(await timelineOf(orderId)).toEqual(["placed PENDING", "paid"]);
    expect(await paidOrder(orderId)).toMatchObject({ paid_total: answers[0]?.body.total });
  });

  it("with its key is marked as a replay, and with the key for another body refused", async ({ expect }) => {
    const { orderId } = await soldOrder(1, CARD);
    const key = newKey();
    const reference = { payment_reference: newId("ref") };

    await confirm(orderId, reference, { admin: true, key });
    const again = await confirm(orderId, reference, { admin: true, key });
    const other = await confirm(orderId, { payment_reference: newId("ref") }, { admin: true, key });

    expect([again.status, again.headers.get("Idempotency-Replayed")]).toEqual([200, "true"]);
    expect([other.status, other.body]).toMatchObject([422, { code: "idempotency_key_reused" }]);
  });

  it("for two orders at once is recorded for one, and refused for the other", async ({ expect }) => {
    const orders = [await soldOrder(1, CARD), await soldOrder(1, CARD)];
    const reference = { payment_reference: newId("ref") };

    const answers = await Promise.all(orders.map(({ orderId }) => confirm<ProblemBody>(orderId, reference)));

    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 409]);
    expect(answers.find(({ status }) => status === 409)?.body.code).toBe("payment_reference_used");
  });

  it("for another order, or with another amount, is refused", async ({ expect }) => {
    const [one, other] = [await soldOrder(1, CARD), await soldOrder(1, CARD)];
    const reference = { payment_reference: newId("ref") };
    await confirm(one.orderId, reference);

    const elsewhere = await confirm(other.orderId, reference);
    const changed = await confirm(one.orderId, { ...reference, amount: 1 });

    expect([elsewhere.status, elsewhere.body]).toMatchObject([409, { code: "payment_reference_used" }]);
    expect([changed.status, changed.body]).toMatchObject([409, { code: "payment_reference_used" }]);
    expect((await paidOrder(other.orderId)).payment_status).toBe("pending");
  });
});

describe("a payment of another amount than is due", () => {
  it.for([
    ["a cent less", { amount: 149.99 }],
    ["a cent more", { amount: 150.01 }],
    ["nothing", { amount: 0 }],
    ["another currency", { currency: "USD" }],
  ] as const)("(%s) is refused with the amount due, and nothing is recorded", async ([, more], { expect }) => {
    const { orderId } = await soldOrder(1, CARD);
    const { total } = await paidOrder(orderId);
    const offset = "amount" in more && more.amount !== 0 ? { amount: Number((total + more.amount - 150).toFixed(2)) } : more;

    const { status, body } = await confirm<ProblemBody>(orderId, offset);

    expect([status, body]).toMatchObject([409, { code: "payment_mismatch", amount_due: total, currency: "INR" }]);
    expect(await paymentsOf(orderId)).toEqual([]);
    expect((await paidOrder(orderId)).payment_status).toBe("pending");
  });

  it("of a paid order is refused: of two different ones at once one is recorded", async ({ expect }) => {
    const { orderId } = await soldOrder(1, CARD);

    const answers = await Promise.all([1, 2, 3].map(() => confirm<ProblemBody>(orderId)));

    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 409, 409]);
    expect(answers.filter(({ status }) => status === 409).map(({ body }) => body.code)).toEqual(["already_paid", "already_paid"]);
    expect(await paymentsOf(orderId)).toHaveLength(1);
  });
});

describe("a payment of an order that was cancelled", () => {
  it("is recorded, and a refund is due: the order, its timeline and an alert show it", async ({ expect }) => {
    const { orderId, rice, token } = await soldOrder(2, CARD);
    await cancel(orderId, { token });

    const { status, body } = await confirm(orderId);

    expect(status).toBe(200);
    expect(body).toMatchObject({ status: "CANCELLED", payment_status: "refund_due", paid_total: body.total });
    expect(await timelineOf(orderId)).toEqual(["placed PENDING", "status_changed CANCELLED", "paid", "refund_due"]);
    expect(await alertsAbout(orderId)).toEqual(["refund_due"]);
    await vi.waitFor(async () => expect(await unitsOf(rice)).toEqual({ BLR: [5, 0] }));
  });

  it("at the same moment makes a refund due, whichever comes first", async ({ expect }) => {
    const { orderId, rice, token } = await soldOrder(2, CARD);

    const [paid, cancelled] = await Promise.all([confirm(orderId), cancel(orderId, { token })]);

    expect([paid.status, cancelled.status]).toEqual([200, 200]);
    expect(await paidOrder(orderId)).toMatchObject({ status: "CANCELLED", payment_status: "refund_due" });
    expect(await alertsAbout(orderId)).toEqual(["refund_due"]);
    await vi.waitFor(async () => expect(await unitsOf(rice)).toEqual({ BLR: [5, 0] }));
  });
});
