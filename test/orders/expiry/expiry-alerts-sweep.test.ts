import { afterEach, beforeAll, beforeEach, describe, it, vi } from "vitest";
import { expireDue } from "../../../src/orders/placement/expiry.ts";
import { atD1, FAULTS, faultyWorker } from "../../support/faults.ts";
import { rowsOf } from "../../support/payments/payments.ts";
import { cashOrder, EXPIRY_HOURS, passHours, sweepDue, WARNING, warningsOf } from "../../support/orders/warnings.ts";
import { demoWarehouses } from "../../support/shop/shop.ts";

beforeAll(demoWarehouses);
beforeEach(async () => {
  vi.useFakeTimers({ toFake: ["Date"] });
  await rowsOf("DELETE FROM sweep_marks");
});
afterEach(() => void vi.useRealTimers());

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
      (await rowsOf<{ n: number }>("SELECT count(*) AS n FROM alerts WHERE subject LIKE ? AND kind = ?", `${first}%`, WARNING))[0]
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
