import { env } from "cloudflare:workers";
import { afterEach, beforeAll, beforeEach, describe, it, vi } from "vitest";
import { deleteOrder } from "../../../src/orders/lifecycle/delete-order.ts";
import { resolveHolds } from "../../../src/orders/placement/expiry.ts";
import { sweep } from "../../../src/cron.ts";
import { faultyWorker } from "../../support/faults.ts";
import { expectInvariants, recover } from "../../support/invariants.ts";
import { pay } from "../../support/orders/lifecycle.ts";
import { cancel, moveTo, ordersOf, placedBy, stocked, takeBack } from "../../support/orders/orders.ts";
import { insertPromo, useCounts } from "../../support/pricing/promo.ts";
import { demoWarehouses, newId } from "../../support/shop/shop.ts";

const UNITS = 9;
const EXPIRY_MS = 60 * 3_600_000;

beforeAll(demoWarehouses);
beforeEach(() => void vi.useFakeTimers({ toFake: ["Date"] }));
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

/** Orders of one customer that use a code limited in both ways, one unit of one product each. */
async function using(count: number, more: Parameters<typeof placedBy>[2] = {}) {
  const [productId, userId] = [await stocked(UNITS), newId("user")];
  const { code, ruleId } = await insertPromo({ usageLimit: UNITS, usageLimitPerCustomer: UNITS });
  const orderIds: string[] = [];
  for (let made = 0; made < count; made += 1) {
    const worker = faultyWorker();
    orderIds.push((await placedBy(worker, productId, { userId, promoCode: code, ...more })).orderId);
    await worker.idle();
  }
  const used = async () => {
    const { all, customers } = await useCounts(ruleId);
    return [all, customers[userId]];
  };
  return { productId, orderIds, used, received: new Map([[productId, UNITS]]) };
}

/** The uses in an order's row, as stored in D1. */
function usesNamedBy(orderId: string): Promise<string | null> {
  return env.DB.prepare("SELECT rules_used FROM orders WHERE order_id = ?").bind(orderId).first<string>("rules_used");
}

async function runSweep(): Promise<void> {
  const worker = faultyWorker();
  await sweep(worker.deps);
  await worker.idle();
}

describe("an order's use of a limited rule", () => {
  it("is returned when it is cancelled, once for any number of requests", async ({ expect }) => {
    const { orderIds, used } = await using(2);
    const key = newId("key");

    const before = await used();
    await cancel(faultyWorker().deps, String(orderIds[0]), key);
    await cancel(faultyWorker().deps, String(orderIds[0]), key);
    await cancel(faultyWorker().deps, String(orderIds[0]));

    expect([before, await used()]).toEqual([
      [2, 2],
      [1, 1],
    ]);
    expect(await usesNamedBy(String(orderIds[0]))).toBeNull();
    expect(await usesNamedBy(String(orderIds[1]))).not.toBeNull();
  });

  it("is returned once, for any number of concurrent cancellations and deletions while it expires", async ({ expect }) => {
    const { productId, orderIds, used, received } = await using(2);
    const orderId = String(orderIds[0]);
    vi.setSystemTime(Date.now() + EXPIRY_MS + 1);

    await Promise.all([
      ...Array.from({ length: 4 }, () => cancel(faultyWorker().deps, orderId)),
      deleteOrder(faultyWorker().deps, undefined, orderId).catch(() => undefined),
      cancel(faultyWorker().deps, String(orderIds[1])),
      runSweep(),
      runSweep(),
    ]);
    await recover([productId]);

    expect(await used()).toEqual([0, 0]);
    await expectInvariants(expect, received);
  });

  it("is returned when it is deleted while it is open, and kept when it is deleted later", async ({ expect }) => {
    const { orderIds, used } = await using(2);
    const [open = "", closed = ""] = orderIds;
    for (const to of ["PROCESSING", "COMPLETED"] as const) await moveTo(faultyWorker().deps, closed, to);

    await deleteOrder(faultyWorker().deps, undefined, open);
    await deleteOrder(faultyWorker().deps, undefined, open);
    await deleteOrder(faultyWorker().deps, undefined, closed);

    expect(await used()).toEqual([1, 1]);
  });

  it("is kept while it is processed, and when it is returned", async ({ expect }) => {
    const { productId, orderIds, used } = await using(1);
    const orderId = String(orderIds[0]);

    await moveTo(faultyWorker().deps, orderId, "PROCESSING");
    await takeBack(faultyWorker().deps, orderId, [{ productId, quantity: 1 }]);

    expect((await ordersOf(productId)).map(({ status }) => status)).toEqual(["RETURNED"]);
    expect(await used()).toEqual([1, 1]);
  });

  it("is returned for all orders that the sweep expires at once, and kept by paid ones", async ({ expect }) => {
    const { productId, orderIds, used, received } = await using(5);
    await pay(String(orderIds[0]));
    await cancel(faultyWorker().deps, String(orderIds[1]));
    vi.setSystemTime(Date.now() + EXPIRY_MS + 1);

    await runSweep();
    const once = await used();
    await runSweep();
    await recover([productId]);

    expect([once, await used()]).toEqual([
      [1, 1],
      [1, 1],
    ]);
    expect((await ordersOf(productId)).map(({ status }) => status).toSorted()).toEqual([
      "CANCELLED",
      "EXPIRED",
      "EXPIRED",
      "EXPIRED",
      "PENDING",
    ]);
    await expectInvariants(expect, received);
  });

  it("is returned by the alarm that ends the payment window, once", async ({ expect }) => {
    const { productId, used, received } = await using(3, { paymentMethod: "card" });
    const orders = await ordersOf(productId);
    vi.setSystemTime(Date.now() + 31 * 60_000);

    const ask = () =>
      resolveHolds(
        faultyWorker().deps,
        productId,
        orders.slice(0, 2).map(({ holdId }) => holdId),
      );
    await Promise.all([ask(), ask()]);
    const two = await used();
    await recover([productId]);

    expect([two, await used()]).toEqual([
      [1, 1],
      [0, 0],
    ]);
    await expectInvariants(expect, received);
  });

  it("is not returned again by an order that was paid after it expired", async ({ expect }) => {
    const { orderIds, used } = await using(2);
    const revived = String(orderIds[0]);
    vi.setSystemTime(Date.now() + EXPIRY_MS + 1);
    await env.DB.prepare("UPDATE orders SET due_at_ms = NULL WHERE order_id <> ?").bind(revived).run();
    await runSweep();
    // As a late payment does (P1).
    await env.DB.prepare("UPDATE orders SET status = 'PROCESSING' WHERE order_id = ?").bind(revived).run();

    await cancel(faultyWorker().deps, revived);

    expect(await used()).toEqual([1, 1]);
  });

  it("counts for the customer who used it, also when another account claims a guest's order", async ({ expect }) => {
    const productId = await stocked(UNITS);
    const { code, ruleId } = await insertPromo({ usageLimit: UNITS });
    const { orderId } = await placedBy(faultyWorker(), productId, { promoCode: code });
    await env.DB.prepare("UPDATE orders SET user_id = 'ravi' WHERE order_id = ?").bind(orderId).run();

    await cancel(faultyWorker().deps, orderId);

    expect(await useCounts(ruleId)).toEqual({ all: 0, customers: {} });
  });
});
