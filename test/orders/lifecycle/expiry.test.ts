import { env } from "cloudflare:workers";
import { afterEach, beforeAll, beforeEach, describe, it, vi } from "vitest";
import { sweep } from "../../../src/cron.ts";
import { fillOrders } from "../../support/cost/order-rows.ts";
import { faultyWorker } from "../../support/faults.ts";
import { expectInvariants, recover } from "../../support/invariants.ts";
import { availableAt, moveTo, ordersOf, placedBy, stocked } from "../../support/orders/orders.ts";
import { demoWarehouses } from "../../support/shop/shop.ts";

const UNITS = 5;
const EXPIRY_MS = 60 * 3_600_000;

beforeAll(demoWarehouses);
beforeEach(() => void vi.useFakeTimers({ toFake: ["Date"] }));
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

/** An order of one unit that was committed, and its product. */
async function soldOrder(more: Parameters<typeof placedBy>[2] = {}) {
  const productId = await stocked(UNITS);
  const worker = faultyWorker();
  const { orderId } = await placedBy(worker, productId, more);
  await worker.idle();
  return { productId, orderId, received: new Map([[productId, UNITS]]) };
}

async function runSweep(): Promise<void> {
  const worker = faultyWorker();
  await sweep(worker.deps);
  await worker.idle();
}

async function alertsOf(orderId: string) {
  const { results } = await env.DB.prepare("SELECT kind, closed_at_ms AS closedAtMs FROM alerts WHERE subject = ?")
    .bind(orderId)
    .all();
  return results;
}

async function statusOf(productId: string): Promise<string | undefined> {
  return (await ordersOf(productId))[0]?.status;
}

describe("an order that is not processed", () => {
  it("with cash on delivery expires after ORDER_EXPIRY_HOURS, not before, and its allocated units are freed", async ({
    expect,
  }) => {
    const { productId, orderId, received } = await soldOrder();

    vi.setSystemTime(Date.now() + EXPIRY_MS - 60_000);
    await runSweep();
    const early = await statusOf(productId);
    vi.setSystemTime(Date.now() + 120_000);
    await runSweep();
    await recover([productId]);

    expect([early, await statusOf(productId)]).toEqual(["PENDING", "EXPIRED"]);
    expect(await alertsOf(orderId)).toEqual([{ kind: "order_expires_soon", closedAtMs: expect.any(Number) }]);
    expect(await availableAt(productId)).toBe(UNITS);
    await expectInvariants(expect, received);
  });

  it("waiting for its payment expires with its payment window, long before", async ({ expect }) => {
    const { productId, received } = await soldOrder({ paymentMethod: "card" });

    vi.setSystemTime(Date.now() + 31 * 60_000);
    await recover([productId]);

    expect(await statusOf(productId)).toBe("EXPIRED");
    await expectInvariants(expect, received);
  });

  it("once paid never expires: it raises one alert, which closes when it is processed", async ({ expect }) => {
    const { productId, orderId, received } = await soldOrder();
    await env.DB.prepare("UPDATE orders SET payment_status = 'paid' WHERE order_id = ?").bind(orderId).run();

    vi.setSystemTime(Date.now() + EXPIRY_MS + 1);
    await runSweep();
    await runSweep();
    const open = await alertsOf(orderId);
    await moveTo(faultyWorker().deps, orderId, "PROCESSING");
    await recover([productId]);

    expect(open).toEqual([{ kind: "paid_order_waiting", closedAtMs: null }]);
    expect(await alertsOf(orderId)).toEqual([{ kind: "paid_order_waiting", closedAtMs: expect.any(Number) }]);
    expect(await statusOf(productId)).toBe("PROCESSING");
    await expectInvariants(expect, received);
  });

  it("in processing is not expired by the sweep", async ({ expect }) => {
    const { productId, orderId } = await soldOrder();
    await moveTo(faultyWorker().deps, orderId, "PROCESSING");

    vi.setSystemTime(Date.now() + EXPIRY_MS + 1);
    await runSweep();

    expect(await statusOf(productId)).toBe("PROCESSING");
  });

  it("shows its expiry in its timeline", async ({ expect }) => {
    const { orderId } = await soldOrder();

    vi.setSystemTime(Date.now() + EXPIRY_MS + 1);
    await runSweep();

    const { results } = await env.DB.prepare("SELECT event_no, what, to_status, actor FROM order_events WHERE order_id = ?")
      .bind(orderId)
      .all();
    expect(results).toEqual([
      { event_no: 1, what: "placed", to_status: "PENDING", actor: "system" },
      { event_no: 2, what: "status_changed", to_status: "EXPIRED", actor: "system" },
    ]);
  });
});

describe("a backlog of orders that are due", () => {
  it("is handled in several runs, each with a bounded number of rows by the index", async ({ expect }) => {
    const count = 120;
    await fillOrders(0, 2_000);
    await env.DB.prepare(
      `UPDATE orders SET due_at_ms = 1 WHERE order_id IN (SELECT 'ORDFILL' || value FROM json_each(?)) AND status = 'PENDING'`,
    )
      .bind(JSON.stringify(Array.from({ length: 2_000 }, (_, n) => n)))
      .run();
    await env.DB.prepare("UPDATE orders SET due_at_ms = NULL WHERE created_at_ms >= ? AND order_id LIKE 'ORDFILL%'")
      .bind(((count * 10) / 9 + 1) * 60_000)
      .run();
    const left = async () =>
      (await env.DB.prepare("SELECT count(*) AS due FROM orders WHERE due_at_ms = 1").first<number>("due")) ?? 0;
    const before = await left();

    const counts = [];
    for (let run = 0; run < 4; run += 1) {
      await runSweep();
      counts.push(await left());
    }

    expect(before).toBeGreaterThan(100);
    expect(counts).toEqual([before - 50, before - 100, 0, 0]);
  });
});
