import { runDurableObjectAlarm } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, beforeAll, beforeEach, describe, it, vi } from "vitest";
import { resolveHolds } from "../../src/orders/placement/expiry.ts";
import { faultyWorker } from "../support/faults.ts";
import { expectInvariants, recover } from "../support/invariants.ts";
import { availableAt, ordersOf, placedBy, stocked } from "../support/orders/orders.ts";
import { alertsAbout, paidOrder } from "../support/payments/payments.ts";
import { demoWarehouses } from "../support/shop/shop.ts";
import { failed, notify, shopWithStripe, succeeded } from "../support/payments/stripe.ts";

const UNITS = 5;
const WINDOW_MS = 30 * 60_000;
const { ask } = shopWithStripe();

beforeAll(demoWarehouses);
beforeEach(() => void vi.useFakeTimers({ toFake: ["Date"] }));
afterEach(() => void vi.useRealTimers());

async function unpaidOrder() {
  const productId = await stocked(UNITS);
  const worker = faultyWorker();
  const { orderId, holdId, totalMinor } = await placedBy(worker, productId, { paymentMethod: "card" });
  await worker.idle();
  return { productId, orderId, holdId, totalMinor, received: new Map([[productId, UNITS]]) };
}

describe("an order whose last payment failed", () => {
  it("keeps waiting: its hold is kept to the end of its window, never committed", async ({ expect }) => {
    const { productId, orderId, holdId, received } = await unpaidOrder();
    await notify(ask, failed(orderId));

    const [fate] = await resolveHolds(faultyWorker().deps, productId, [holdId]);

    expect(fate).toMatchObject({ verdict: "keep" });
    expect(await availableAt(productId)).toBe(UNITS - 1);
    await expectInvariants(expect, received);
  });

  it("expires when its window ends, like any unpaid order", async ({ expect }) => {
    const { productId, orderId, received } = await unpaidOrder();
    await notify(ask, failed(orderId));

    vi.setSystemTime(Date.now() + WINDOW_MS + 1_000);
    await runDurableObjectAlarm(env.STOCK.getByName(productId));
    await recover([productId]);

    expect(await ordersOf(productId)).toMatchObject([{ status: "EXPIRED" }]);
    expect(await availableAt(productId)).toBe(UNITS);
    await expectInvariants(expect, received);
  });
});

describe("an order that was paid in part", () => {
  it("expires too, and its payment is due back", async ({ expect }) => {
    const { productId, orderId, received } = await unpaidOrder();
    await notify(ask, succeeded(orderId, 100));

    vi.setSystemTime(Date.now() + WINDOW_MS + 1_000);
    await runDurableObjectAlarm(env.STOCK.getByName(productId));
    await recover([productId]);

    expect(await paidOrder(orderId)).toMatchObject({ status: "EXPIRED", payment_status: "refund_due", paid_total: 1 });
    expect(await alertsAbout(orderId)).toContain("payment_mismatch");
    await expectInvariants(expect, received);
  });
});

describe("a late Stripe payment", () => {
  it("is acknowledged once it is recorded, and the order gets its units after the answer", async ({ expect }) => {
    const { productId, orderId, totalMinor, received } = await unpaidOrder();
    vi.setSystemTime(Date.now() + WINDOW_MS + 1_000);
    await runDurableObjectAlarm(env.STOCK.getByName(productId));

    const { status } = await notify(ask, succeeded(orderId, totalMinor));
    await vi.waitFor(async () =>
      expect(await paidOrder(orderId)).toMatchObject({ status: "PROCESSING", payment_status: "paid" }),
    );
    await recover([productId]);

    expect(status).toBe(200);
    expect(await availableAt(productId)).toBe(UNITS - 1);
    await expectInvariants(expect, received);
  });

  it("for an expired cash-on-delivery order gets its units as well", async ({ expect }) => {
    const productId = await stocked(UNITS);
    const worker = faultyWorker();
    const { orderId, totalMinor } = await placedBy(worker, productId);
    await worker.idle();
    vi.setSystemTime(Date.now() + 61 * 3_600_000);
    await recover([productId]);
    const expired = await paidOrder(orderId);

    await notify(ask, succeeded(orderId, totalMinor));
    await vi.waitFor(async () => expect((await paidOrder(orderId)).status).toBe("PROCESSING"));
    await recover([productId]);

    expect([expired.status, expired.payment_status]).toEqual(["EXPIRED", "cod"]);
    expect(await availableAt(productId)).toBe(UNITS - 1);
    await expectInvariants(expect, new Map([[productId, UNITS]]));
  });
});
