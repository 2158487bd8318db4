import { env } from "cloudflare:workers";
import { afterEach, beforeAll, beforeEach, describe, it, vi } from "vitest";
import { bindDeps } from "../../../src/bind.ts";
import { claimOrder } from "../../../src/orders/lifecycle/claim-order.ts";
import { expireDue } from "../../../src/orders/placement/expiry.ts";
import { atD1, FAULTS, faultyWorker } from "../../support/faults.ts";
import { get } from "../../support/http/requests.ts";
import { bodyOf, cancel, placed } from "../../support/orders/http.ts";
import { reopen } from "../../support/orders/ended.ts";
import { move } from "../../support/orders/lifecycle.ts";
import { stocked } from "../../support/orders/orders.ts";
import { alertsAbout, confirm, rowsOf } from "../../support/payments/payments.ts";
import { demoWarehouses, newId } from "../../support/shop/shop.ts";

const HOUR_MS = 3_600_000;
const EXPIRY_HOURS = 60;
const KIND = "order_expires_soon";

beforeAll(demoWarehouses);
beforeEach(async () => {
  vi.useFakeTimers({ toFake: ["Date"] });
  await rowsOf("DELETE FROM sweep_marks");
});
afterEach(() => void vi.useRealTimers());

const passHours = (hours: number) => void vi.setSystemTime(Date.now() + hours * HOUR_MS);

/** Runs the sweep's step, by default of a shop whose orders expire after 60 hours. */
async function sweepDue(hours = EXPIRY_HOURS): Promise<void> {
  const { deps } = bindDeps(env, { waitUntil: () => {} });
  await expireDue({ ...deps, log: () => {}, config: { ...deps.config, orderExpiryMs: hours * HOUR_MS } });
}

async function cashOrder(more: Record<string, unknown> = {}): Promise<string> {
  return (await placed(bodyOf([await stocked(3)], more))).order_id;
}

/** All alerts about an order, and whether they are open. */
async function warningsOf(orderId: string): Promise<boolean[]> {
  const rows = await rowsOf<{ closed: number | null }>(
    "SELECT closed_at_ms AS closed FROM alerts WHERE subject = ? AND kind = ? ORDER BY opened_at_ms",
    orderId,
    KIND,
  );
  return rows.map(({ closed }) => closed === null);
}

describe("a cash order that nobody processes", () => {
  it("raises an alert a day before it expires, not earlier, with what staff need, and once", async ({ expect }) => {
    const orderId = await cashOrder({ customer_name: "Asha Rao" });
    const [row] = await rowsOf<{ due: number; total: number }>(
      "SELECT due_at_ms AS due, total_minor AS total FROM orders WHERE order_id = ?",
      orderId,
    );

    passHours(EXPIRY_HOURS - 24.1);
    await sweepDue();
    const early = await warningsOf(orderId);
    passHours(0.2);
    await sweepDue();
    await sweepDue();

    expect([early, await warningsOf(orderId)]).toEqual([[], [true]]);
    const list = await get(`/api/v1/alerts?kind=${KIND}&subject=${orderId}`, { admin: true });
    const { alerts } = await list.json<{ alerts: { details: object }[] }>();
    expect(alerts).toMatchObject([
      {
        subject: orderId,
        status: "open",
        details: {
          customer_name: "Asha Rao",
          total: (row?.total ?? 0) / 100,
          currency: "INR",
          expires_at: new Date(row?.due ?? 0).toISOString(),
        },
      },
    ]);
  });

  it("closes its alert when it expires", async ({ expect }) => {
    const orderId = await cashOrder();
    passHours(EXPIRY_HOURS - 1);
    await sweepDue();
    passHours(1.1);

    await sweepDue();

    expect([await warningsOf(orderId), await alertsAbout(orderId)]).toEqual([[false], []]);
  });

  it.for([
    ["is processed", (orderId: string) => move(orderId, "PROCESSING")],
    ["is cancelled", (orderId: string) => cancel(orderId, { admin: true })],
    ["is paid", (orderId: string) => confirm(orderId)],
    [
      "is given more time by a claim",
      async (orderId: string) => {
        const { deps } = faultyWorker();
        return claimOrder(deps, undefined, { orderId, orderToken: await deps.tokenOf(orderId), userId: newId("USR") });
      },
    ],
    [
      "is processed by a release that does not know the alert",
      (orderId: string) =>
        rowsOf(
          "UPDATE orders SET status = 'PROCESSING', due_at_ms = NULL, updated_at_ms = updated_at_ms + 1 WHERE order_id = ?",
          orderId,
        ),
    ],
  ] as const)("closes its alert when it %s, and raises no other", async ([, act], { expect }) => {
    const orderId = await cashOrder();
    passHours(EXPIRY_HOURS - 23);
    await sweepDue();

    await act(orderId);
    await sweepDue();

    expect(await warningsOf(orderId)).toEqual([false]);
  });

  it("and is edited keeps its alert", async ({ expect }) => {
    const orderId = await cashOrder();
    passHours(EXPIRY_HOURS - 23);
    await sweepDue();

    await rowsOf(
      "UPDATE orders SET status = status, payment_status = payment_status, due_at_ms = due_at_ms WHERE order_id = ?",
      orderId,
    );

    expect(await warningsOf(orderId)).toEqual([true]);
  });

  it("raises another after it was reopened", async ({ expect }) => {
    const orderId = await cashOrder();
    passHours(EXPIRY_HOURS - 23);
    await sweepDue();
    await cancel(orderId, { admin: true });
    await reopen(orderId);
    await sweepDue();
    const meanwhile = await warningsOf(orderId);

    passHours(EXPIRY_HOURS - 23);
    await sweepDue();

    expect([meanwhile, await warningsOf(orderId)]).toEqual([[false], [false, true]]);
  });

  it("raises it at half of its time where that is a day or less", async ({ expect }) => {
    const orderId = await cashOrder();
    await rowsOf("UPDATE orders SET due_at_ms = created_at_ms + ? WHERE order_id = ?", 24 * HOUR_MS, orderId);

    passHours(11.9);
    await sweepDue(24);
    const early = await warningsOf(orderId);
    passHours(0.2);
    await sweepDue(24);

    expect([early, await warningsOf(orderId)]).toEqual([[], [true]]);
  });

  it("raises none where it waits for its payment, or is paid", async ({ expect }) => {
    const unpaid = await cashOrder({ payment_method: "card" });
    const paid = await cashOrder();
    await confirm(paid);
    passHours(EXPIRY_HOURS - 1);

    await sweepDue();

    expect([await warningsOf(unpaid), await warningsOf(paid)]).toEqual([[], []]);
  });
});

describe("the sweep", () => {
  it("misses no order where more come due than one run handles, nor where the setting changes", async ({ expect }) => {
    const orderIds = [await cashOrder()];
    const [first = ""] = orderIds;
    const copied = 450;
    await rowsOf(
      `INSERT INTO orders (order_id, hold_id, request_hash, status, payment_method, payment_status, customer_name, country, delivery_method, ranked_by,
         currency, subtotal_minor, delivery_cost_minor, total_minor, estimated_delivery_at_ms, created_at_ms, updated_at_ms, due_at_ms)
       SELECT order_id || '-' || value, hold_id || value, '', status, payment_method, payment_status, customer_name, country, delivery_method, ranked_by,
         currency, subtotal_minor, delivery_cost_minor, total_minor, estimated_delivery_at_ms, created_at_ms, updated_at_ms, due_at_ms + value / 100
       FROM orders CROSS JOIN json_each(?) WHERE order_id = ?`,
      JSON.stringify(Array.from({ length: copied }, (_, index) => index)),
      first,
    );
    const count = async () =>
      (await rowsOf<{ n: number }>("SELECT count(*) AS n FROM alerts WHERE subject LIKE ? AND kind = ?", `${first}%`, KIND))[0]
        ?.n;
    passHours(EXPIRY_HOURS - 23);
    await sweepDue(10);
    const whileShorter = await count();

    const counts = [];
    for (let run = 1; run <= 5; run += 1) {
      await sweepDue();
      counts.push(await count());
    }

    expect(whileShorter).toBe(0);
    expect(counts[0]).toBeLessThan(copied);
    expect(counts.at(-1)).toBe(copied + 1);
    // Not to be expired by the tests that follow.
    await rowsOf("UPDATE orders SET due_at_ms = NULL WHERE order_id LIKE ?", `${first}%`);
  });

  it.for(FAULTS)("raises each once where its batch is %s", async (fault, { expect }) => {
    const orderId = await cashOrder();
    passHours(EXPIRY_HOURS - 23);
    const worker = faultyWorker((call) => (atD1("find due orders")(call) ? fault : "none"));

    await Promise.race([expireDue(worker.deps).catch(() => undefined), worker.died]);
    await Promise.all([sweepDue(), sweepDue()]);
    await worker.deliverLate();
    await sweepDue();

    expect(await warningsOf(orderId)).toEqual([true]);
  });
});
