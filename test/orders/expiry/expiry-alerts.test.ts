import { afterEach, beforeAll, beforeEach, describe, it, vi } from "vitest";
import { claimOrder } from "../../../src/orders/lifecycle/claim-order.ts";
import { faultyWorker } from "../../support/faults.ts";
import { get } from "../../support/http/requests.ts";
import { cancel } from "../../support/orders/http.ts";
import { reopen } from "../../support/orders/ended.ts";
import { move } from "../../support/orders/lifecycle.ts";
import { alertsAbout, confirm, rowsOf } from "../../support/payments/payments.ts";
import { cashOrder, EXPIRY_HOURS, HOUR_MS, passHours, sweepDue, WARNING, warningsOf } from "../../support/orders/warnings.ts";
import { demoWarehouses, newId } from "../../support/shop/shop.ts";

beforeAll(demoWarehouses);
beforeEach(async () => {
  vi.useFakeTimers({ toFake: ["Date"] });
  await rowsOf("DELETE FROM sweep_marks");
});
afterEach(() => void vi.useRealTimers());

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
    const list = await get(`/api/v1/alerts?kind=${WARNING}&subject=${orderId}`, { admin: true });
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
