import { env } from "cloudflare:workers";
import { afterEach, beforeAll, beforeEach, describe, it, vi } from "vitest";
import { faultyWorker } from "../support/faults.ts";
import { del } from "../support/http/requests.ts";
import { expectInvariants, recover } from "../support/invariants.ts";
import { ORDERS } from "../support/orders/http.ts";
import { availableAt, ordersOf, place, orderOf, placedBy, stocked } from "../support/orders/orders.ts";
import {
  alertsAbout,
  confirmBy,
  eventsFor,
  expiredOrder,
  listen,
  paidOrder,
  paymentsOf,
  rowsOf,
  timelineOf,
} from "../support/payments/payments.ts";
import { demoWarehouses } from "../support/shop/shop.ts";

// Late payments (P1): no unit is sold twice, and no payment ends without goods or a refund that is due.
const UNITS = 5;

beforeAll(demoWarehouses);
beforeEach(() => void vi.useFakeTimers({ toFake: ["Date"] }));
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

describe("a payment after the order expired", () => {
  it("reserves the units again under a new hold, and the order is PROCESSING", async ({ expect }) => {
    await listen();
    const { orderId, productId, received } = await expiredOrder(UNITS);
    const [before] = await ordersOf(productId);

    const worker = faultyWorker();
    const answer = await confirmBy(worker.deps, orderId);
    await worker.idle();

    const [after] = await ordersOf(productId);
    expect(answer).toMatchObject({ answer: { order: { status: "PROCESSING", paymentStatus: "paid", dueAtMs: null } } });
    expect(after?.holdId).not.toBe(before?.holdId);
    expect(await timelineOf(orderId)).toEqual(["placed PENDING", "status_changed EXPIRED", "paid", "status_changed PROCESSING"]);
    expect(await eventsFor(orderId)).toEqual(["order.paid", "order.status_changed", "order.status_changed"]);
    expect(await alertsAbout(orderId)).toEqual([]);
    expect(await availableAt(productId)).toBe(UNITS - 1);
    await recover([productId]);
    await expectInvariants(expect, received);
  });

  it("gets the last unit from another warehouse than before, and the lists of both warehouses are right", async ({ expect }) => {
    const { orderId, productId } = await expiredOrder({ BLR: 1, MUM: 1 });
    const other = await placedBy(faultyWorker(), productId);

    await confirmBy(faultyWorker().deps, orderId);
    await recover([productId]);

    const warehouses = (id: string) => rowsOf("SELECT warehouse_id FROM order_warehouses WHERE order_id = ?", id);
    expect(await warehouses(other.orderId)).toEqual([{ warehouse_id: "BLR" }]);
    expect(await warehouses(orderId)).toEqual([{ warehouse_id: "MUM" }]);
    expect((await paidOrder(orderId)).items[0]?.allocations).toMatchObject([{ warehouse_id: "MUM", quantity: 1 }]);
    await expectInvariants(expect, new Map([[productId, 2]]));
  });

  it("is due back where the units are gone: the order is CANCELLED, with an event, a webhook and an alert", async ({
    expect,
  }) => {
    await listen();
    const { orderId, productId, received } = await expiredOrder(1);
    await placedBy(faultyWorker(), productId);

    const answer = await confirmBy(faultyWorker().deps, orderId);
    await recover([productId]);

    expect(answer).toMatchObject({ answer: { order: { status: "CANCELLED", paymentStatus: "refund_due", dueAtMs: null } } });
    expect(await timelineOf(orderId)).toEqual([
      "placed PENDING",
      "status_changed EXPIRED",
      "paid",
      "status_changed CANCELLED",
      "refund_due",
    ]);
    expect(await eventsFor(orderId)).toEqual(["order.refund_due", "order.status_changed", "order.status_changed"]);
    expect(await alertsAbout(orderId)).toEqual(["refund_due"]);
    expect(await paymentsOf(orderId)).toHaveLength(1);
    await expectInvariants(expect, received);
  });

  it("is due back where the shop does not serve the country any more", async ({ expect }) => {
    const { orderId, productId, received } = await expiredOrder(UNITS);
    await env.DB.prepare("UPDATE orders SET country = 'XX' WHERE order_id = ?").bind(orderId).run();

    await confirmBy(faultyWorker().deps, orderId);
    await recover([productId]);

    expect(await paidOrder(orderId)).toMatchObject({ status: "CANCELLED", payment_status: "refund_due" });
    expect(await availableAt(productId)).toBe(UNITS);
    await expectInvariants(expect, received);
  });

  it("is due back where the order was hidden meanwhile", async ({ expect }) => {
    const { orderId, productId } = await expiredOrder(UNITS);
    await del(`${ORDERS}/${orderId}`, { admin: true });

    await confirmBy(faultyWorker().deps, orderId);
    await recover([productId]);

    expect(await paidOrder(orderId)).toMatchObject({ status: "CANCELLED", payment_status: "refund_due" });
    expect(await availableAt(productId)).toBe(UNITS);
  });

  it("under a second reference is refused, also after the first was settled", async ({ expect }) => {
    const { orderId } = await expiredOrder(UNITS);
    await confirmBy(faultyWorker().deps, orderId);

    expect(await confirmBy(faultyWorker().deps, orderId)).toEqual({ code: "already_paid" });
    expect(await paymentsOf(orderId)).toHaveLength(1);
  });

  it("reserves every line of an order again, also a component that two lines share", async ({ expect }) => {
    const [first, second] = [await stocked({ BLR: 2, MUM: 2 }), await stocked(UNITS)];
    const worker = faultyWorker();
    const placed = await place(worker.deps, orderOf([first, second], 3, { paymentMethod: "card" }));
    if (!("order" in placed)) throw new Error(placed.code);
    await worker.idle();
    vi.setSystemTime(Date.now() + 31 * 60_000);
    await recover([first, second]);

    await confirmBy(faultyWorker().deps, placed.order.orderId);
    await recover([first, second]);

    expect(await paidOrder(placed.order.orderId)).toMatchObject({ status: "PROCESSING", payment_status: "paid" });
    expect([await availableAt(first), await availableAt(second)]).toEqual([1, 2]);
    await expectInvariants(
      expect,
      new Map([
        [first, 4],
        [second, UNITS],
      ]),
    );
  });
});
