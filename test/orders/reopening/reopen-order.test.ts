import { afterEach, beforeAll, beforeEach, describe, it, vi } from "vitest";
import { del, get, post } from "../../support/http/requests.ts";
import { expectInvariants, recover } from "../../support/invariants.ts";
import { bodyOf, cancel, inStock, lineOf, newKey, ORDERS, placed } from "../../support/orders/http.ts";
import { move } from "../../support/orders/lifecycle.ts";
import { cancelled, eventually, reopen } from "../../support/orders/ended.ts";
import { availableAt, receiveUnits } from "../../support/orders/orders.ts";
import { confirm, expiredOrder, paidOrder, rowsOf, timelineOf } from "../../support/payments/payments.ts";
import { underDispute } from "../../support/payments/stripe-worker.ts";
import { bundle, demoWarehouses, newId } from "../../support/shop/shop.ts";
import { madeEndpoint } from "../../support/events/webhooks.ts";

const ADMIN = { admin: true } as const;
const DAY_MS = 86_400_000;

beforeAll(demoWarehouses);
beforeEach(() => void vi.useFakeTimers({ toFake: ["Date"] }));
afterEach(() => void vi.useRealTimers());

describe("POST /api/v1/orders/{order_id}/reopen", () => {
  it("takes the units of a cancelled order again, under a new hold: it is PENDING, with new times, its prices and its history", async ({
    expect,
  }) => {
    const { orderId, rice, created_at: created, total, received } = await cancelled();
    await rowsOf("UPDATE products SET price_minor = 99900 WHERE product_id = ?", rice);
    const [before] = await rowsOf<{ hold_id: string }>("SELECT hold_id FROM orders WHERE order_id = ?", orderId);
    vi.setSystemTime(Date.now() + 9 * DAY_MS);

    const { status, body } = await reopen(orderId, { note: "Asha called" });

    expect([status, body]).toMatchObject([200, { status: "PENDING", payment_status: "cod", total, created_at: created }]);
    expect(body.events.at(-1)).toMatchObject({
      what: "reopened",
      from: "CANCELLED",
      to: "PENDING",
      by: "admin",
      note: "Asha called",
    });
    expect(Date.parse(String(body.estimated_delivery_at))).toBeGreaterThan(Date.now());
    const [row] = await rowsOf<{ hold_id: string; due_at_ms: number }>(
      "SELECT hold_id, due_at_ms FROM orders WHERE order_id = ?",
      orderId,
    );
    expect(row?.hold_id).not.toBe(before?.hold_id);
    expect(row?.due_at_ms).toBe(Date.now() + 60 * 3_600_000);
    await eventually(rice, [5, 0, 2]);
    const audit = await (
      await get(`/api/v1/audit-log?record_type=order&record_id=${orderId}`, ADMIN)
    ).json<{ entries: object[] }>();
    expect(audit.entries[0]).toMatchObject({
      action: "order.reopen",
      before: { status: "CANCELLED" },
      after: { status: "PENDING" },
    });
    expect((await move(orderId, "PROCESSING")).status).toBe(200);
    expect((await move(orderId, "COMPLETED")).status).toBe(200);
    await recover([rice]);
    await expectInvariants(expect, received);
  });

  it("gives an unpaid expired order a new time to pay; its webhooks say both moves, each of them once", async ({ expect }) => {
    const { endpoint_id: endpointId } = await madeEndpoint({
      events: ["order.status_changed"],
      url: `https://${newId("h")}.example.com/`,
    });
    await rowsOf("UPDATE webhook_endpoints SET url = 'http://localhost/' WHERE endpoint_id = ?", endpointId);
    const { orderId, productId, received, ring } = await expiredOrder(5);

    const { body } = await reopen(orderId);

    expect(body).toMatchObject({ status: "PENDING", payment_status: "pending" });
    expect(Date.parse(body.payment_due_at ?? "")).toBe(Date.now() + 30 * 60_000);
    vi.setSystemTime(Date.now() + 31 * 60_000);
    await ring();
    expect(await paidOrder(orderId)).toMatchObject({ status: "EXPIRED" });
    await reopen(orderId);
    expect((await confirm(orderId)).body).toMatchObject({ status: "PENDING", payment_status: "paid" });
    const moves = await rowsOf<{ move: string }>(
      "SELECT payload->'data'->>'from' || ' ' || (payload->'data'->>'to') AS move FROM webhook_deliveries WHERE endpoint_id = ? AND payload LIKE ? ORDER BY created_at_ms",
      endpointId,
      `%${orderId}%`,
    );
    expect(moves.map((each) => each.move)).toEqual(["PENDING EXPIRED", "EXPIRED PENDING", "PENDING EXPIRED", "EXPIRED PENDING"]);
    await recover([productId]);
    await expectInvariants(expect, received);
  });

  it("answers which lines are short, with figures, and leaves the order as it was", async ({ expect }) => {
    const [rice, oil] = [await inStock(3, { name: "Rice" }), await inStock(2, { name: "Oil" })];
    const kit = await bundle([{ productId: oil, quantity: 2 }]);
    const { order_id: orderId } = await placed(bodyOf([lineOf(rice, 3), kit.productId]));
    await cancel(orderId, ADMIN);
    await placed(bodyOf([lineOf(rice, 1), lineOf(oil, 1)]));

    const refused = await reopen(orderId);

    expect([refused.status, refused.body]).toMatchObject([409, { code: "insufficient_stock", order_id: orderId }]);
    const lines = (refused.body.stock_errors ?? []) as unknown as { product_name: string }[];
    expect(lines.toSorted((a, b) => (a.product_name < b.product_name ? -1 : 1))).toMatchObject([
      { product_id: oil, product_name: "Oil", requested_quantity: 2, available_stock: 1 },
      { product_id: rice, product_name: "Rice", requested_quantity: 3, available_stock: 2 },
    ]);
    expect(await timelineOf(orderId)).toEqual(["placed PENDING", "status_changed CANCELLED"]);
    await vi.waitFor(async () => expect([await availableAt(rice), await availableAt(oil)]).toEqual([2, 1]));
    await receiveUnits(rice, 1);
    await receiveUnits(oil, 1);
    expect((await reopen(orderId)).status).toBe(200);
    await recover([rice, oil]);
    await expectInvariants(
      expect,
      new Map([
        [rice, 4],
        [oil, 3],
      ]),
    );
  });

  it("acts once under a key, and answers a repeat as before", async ({ expect }) => {
    const { orderId, rice } = await cancelled();
    const key = newKey();

    const [first, again] = [await reopen(orderId, undefined, { ...ADMIN, key }), await reopen(orderId, {}, { ...ADMIN, key })];
    const other = await reopen(orderId, { note: "x" }, { ...ADMIN, key });

    expect([first.status, again.status, again.headers.get("Idempotency-Replayed")]).toEqual([200, 200, "true"]);
    expect(again.body).toEqual(first.body);
    expect(other.body).toMatchObject({ status: 422, code: "idempotency_key_reused" });
    await eventually(rice, [5, 0, 2]);
  });

  it.for(["PENDING", "PROCESSING"])("refuses an order that is %s", async (status, { expect }) => {
    const { order_id: orderId } = await placed(bodyOf([await inStock(1)]));
    if (status === "PROCESSING") await move(orderId, status);

    const { body } = await reopen(orderId);

    expect(body).toMatchObject({ status: 409, code: "illegal_transition", status_now: status });
  });

  it("refuses one that is unknown, hidden, refunded or disputed, or by a customer", async ({ expect }) => {
    const hidden = await cancelled();
    await del(`${ORDERS}/${hidden.orderId}`, ADMIN);
    const refunded = await placed(bodyOf([await inStock(1)], { payment_method: "card" }));
    await confirm(refunded.order_id);
    await cancel(refunded.order_id, ADMIN);
    await post(`${ORDERS}/${refunded.order_id}/refunds`, { amount: 1, reason: "Sorry" }, ADMIN);
    const disputed = await underDispute();
    await cancel(disputed.orderId, ADMIN);

    const answers = [];
    for (const orderId of [hidden.orderId, refunded.order_id, disputed.orderId, "ORDNONE"])
      answers.push((await reopen(orderId)).body);
    const stranger = await reopen(hidden.orderId, undefined, { token: hidden.order_token });

    expect(answers.map(({ status, code, reason }) => [status, code, reason])).toEqual([
      [409, "not_reopenable", "hidden"],
      [409, "not_reopenable", "refunded"],
      [409, "not_reopenable", "disputed"],
      [404, "not_found", undefined],
    ]);
    expect([401, 403]).toContain(stranger.status);
  });

  it("refuses one whose address nobody supplies any more", async ({ expect }) => {
    const { orderId } = await cancelled();
    await rowsOf("UPDATE orders SET country = 'AQ' WHERE order_id = ?", orderId);

    expect((await reopen(orderId)).body).toMatchObject({ code: "not_reopenable", reason: "not_served" });
  });
});
