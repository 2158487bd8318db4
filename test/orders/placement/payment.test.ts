import { runDurableObjectAlarm } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, beforeAll, describe, it, vi } from "vitest";
import { bodyOf, cancel, inStock, placed, show, unitsOf } from "../../support/orders/http.ts";
import { sqlIn } from "../../support/stock/stock.ts";
import { openShop } from "../../support/shop/warehouses.ts";

beforeAll(openShop);
afterEach(() => void vi.useRealTimers());

const WINDOW_MS = 30 * 60_000;

function holdsOf(productId: string) {
  return sqlIn<{ purpose: string; expires_at_ms: number }>(productId, "SELECT purpose, expires_at_ms FROM holds");
}

describe("an order that has to be paid", () => {
  it.for(["card", "upi"] as const)("by %s waits for it 30 minutes, and its units stay reserved", async (method, { expect }) => {
    const rice = await inStock(5);

    const order = await placed(bodyOf([rice], { payment_method: method }));

    const dueAtMs = Date.parse(String(order.payment_due_at));
    expect(order).toMatchObject({ status: "PENDING", payment_method: method, payment_status: "pending" });
    expect(dueAtMs - Date.parse(order.created_at)).toBe(WINDOW_MS);
    await vi.waitFor(async () => expect(await holdsOf(rice)).toEqual([{ purpose: "awaiting_payment", expires_at_ms: dueAtMs }]));
    expect(await unitsOf(rice)).toEqual({ BLR: [5, 1] });
  });

  it("expires when it is not paid in time, and its units can be sold again", async ({ expect }) => {
    const rice = await inStock(1);
    const order = await placed(bodyOf([rice], { payment_method: "upi" }));
    await vi.waitFor(async () => expect(await holdsOf(rice)).toMatchObject([{ purpose: "awaiting_payment" }]));

    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + WINDOW_MS + 1_000 });
    await runDurableObjectAlarm(env.STOCK.getByName(rice));

    const { body } = await show(order.order_id, { token: order.order_token });
    expect(body).toMatchObject({ status: "EXPIRED", payment_status: "pending" });
    expect(await unitsOf(rice)).toEqual({ BLR: [1, 0] });
    expect((await cancel(order.order_id, { token: order.order_token })).body).toMatchObject({
      code: "illegal_transition",
      status_now: "EXPIRED",
      possible: [],
    });
  });

  it("releases its units when it is cancelled before it is paid", async ({ expect }) => {
    const rice = await inStock(1);
    const order = await placed(bodyOf([rice], { payment_method: "card" }));

    await cancel(order.order_id, { token: order.order_token });

    await vi.waitFor(async () => expect(await unitsOf(rice)).toEqual({ BLR: [1, 0] }));
    expect(await holdsOf(rice)).toEqual([]);
  });
});

describe("a free order", () => {
  it("is paid when it is placed, by any payment method, and its units are allocated to it", async ({ expect }) => {
    const sample = await inStock(2, { price: 0 });

    const order = await placed(bodyOf([sample], { payment_method: "card", delivery_method: "self_service" }));

    expect(order).toMatchObject({ total: 0, payment_status: "paid", payment_due_at: null });
    await vi.waitFor(async () => expect(await unitsOf(sample)).toEqual({ BLR: [2, 0, 1] }));
  });
});

describe("an order that is cash on delivery", () => {
  it("has no payment window and keeps no hold: its units are allocated to it", async ({ expect }) => {
    const rice = await inStock(1);

    const order = await placed(bodyOf([rice]));

    expect(order).toMatchObject({ payment_status: "cod", payment_due_at: null });
    await vi.waitFor(async () => expect(await holdsOf(rice)).toEqual([]));
    expect(await unitsOf(rice)).toEqual({ BLR: [1, 0, 1] });
  });
});
