import { afterEach, beforeAll, beforeEach, describe, it, vi } from "vitest";
import { faultyWorker } from "../../support/faults.ts";
import { patch, post } from "../../support/http/requests.ts";
import { expectInvariants, recover } from "../../support/invariants.ts";
import { bodyOf, cancel, inStock, lineOf, ORDERS, placed } from "../../support/orders/http.ts";
import { cancelled, eventually, reopen } from "../../support/orders/ended.ts";
import { placedBy, stocked } from "../../support/orders/orders.ts";
import { alertsAbout, confirm, paidOrder, timelineOf } from "../../support/payments/payments.ts";
import { insertPromo, useCounts } from "../../support/pricing/promo.ts";
import { demoWarehouses, newId } from "../../support/shop/shop.ts";

const ADMIN = { admin: true } as const;

beforeAll(demoWarehouses);
beforeEach(() => void vi.useFakeTimers({ toFake: ["Date"] }));
afterEach(() => void vi.useRealTimers());

describe("a reopened order", () => {
  it("uses its promo code again, unless others have taken the last use", async ({ expect }) => {
    const { code, ruleId } = await insertPromo({ usageLimit: 1 });
    const { orderId } = await cancelled(1, { promo_code: code });
    const freed = await useCounts(ruleId);
    const { order_id: other } = await placed(bodyOf([await inStock(1)], { promo_code: code }));

    const refused = await reopen(orderId);
    await cancel(other, ADMIN);
    const reopened = await reopen(orderId);
    const used = await useCounts(ruleId);
    await cancel(orderId, ADMIN);

    expect(refused.body).toMatchObject({ code: "not_reopenable", reason: "rule_used_up", rules: [{ rule_id: ruleId }] });
    expect(reopened.status).toBe(200);
    expect([freed, used, await useCounts(ruleId)].map(({ all }) => all)).toEqual([0, 1, 0]);
  });

  it("uses a code for free delivery again only where delivery costs something", async ({ expect }) => {
    const { code, ruleId } = await insertPromo({ usageLimit: 9, freeDelivery: true, discountValue: 0 });
    const used = [];
    for (const delivery_method of ["curbside", "self_service"]) {
      const { orderId } = await cancelled(1, {
        promo_code: code,
        delivery_method,
        ...(delivery_method === "curbside" ? {} : { expected_total: 150 }),
      });
      const { body } = await reopen(orderId);
      used.push([body.delivery_cost, (await useCounts(ruleId)).all]);
      await cancel(orderId, ADMIN);
    }

    expect([used, (await useCounts(ruleId)).all]).toEqual([
      [
        [0, 1],
        [0, 0],
      ],
      0,
    ]);
  });

  it("counts for its customer's limit again, and is refused where they have bought others since", async ({ expect }) => {
    const customer_email = `${newId("asha")}@example.com`;
    const rice = await inStock(9, { max_per_customer: 3 });
    const { order_id: orderId } = await placed(bodyOf([lineOf(rice, 2)], { customer_email }));
    await cancel(orderId, ADMIN);
    const { order_id: other } = await placed(bodyOf([lineOf(rice, 2)], { customer_email }));

    const refused = await reopen(orderId);
    await cancel(other, ADMIN);
    const reopened = await reopen(orderId);
    const more = await post(ORDERS, bodyOf([lineOf(rice, 2)], { customer_email }));

    expect(refused.body).toMatchObject({ code: "max_per_customer_exceeded", lines: [{ requested: 2, bought: 2, allowed: 1 }] });
    expect(reopened.status).toBe(200);
    expect(await more.json()).toMatchObject({ code: "max_per_customer_exceeded", lines: [{ bought: 2, allowed: 1 }] });
  });

  it("is paid with the money that was to be refunded; a surplus stays due", async ({ expect }) => {
    const { orderId, rice, received } = await (async () => {
      const productId = await inStock(5, { price: 100 });
      const more = { payment_method: "card", delivery_method: "self_service" };
      const order = await placed(bodyOf([lineOf(productId, 3)], more));
      return { orderId: order.order_id, rice: productId, received: new Map([[productId, 5]]) };
    })();
    await confirm(orderId);
    await post(`${ORDERS}/${orderId}/cancel`, { items: [{ line_no: 1, quantity: 1 }] }, ADMIN);
    await cancel(orderId, ADMIN);
    const due = await paidOrder(orderId);

    const { body } = await reopen(orderId);

    expect(due).toMatchObject({ status: "CANCELLED", payment_status: "refund_due", refund_due: 300 });
    expect(body).toMatchObject({ status: "PENDING", payment_status: "paid", paid_total: 300, amount_due: 0, refund_due: 100 });
    expect(await alertsAbout(orderId)).toEqual(["refund_due"]);
    await eventually(rice, [5, 0, 2]);
    await post(`${ORDERS}/${orderId}/refunds`, { amount: 100, reason: "One less" }, ADMIN);
    expect(await alertsAbout(orderId)).toEqual([]);
    await recover([rice]);
    await expectInvariants(expect, received);
  });

  it("can be announced for pickup again", async ({ expect }) => {
    const { orderId } = await cancelled(1, { delivery_method: "self_service" });
    const ready = () => post(`${ORDERS}/${orderId}/ready`, undefined, ADMIN);
    await reopen(orderId);
    await ready();
    await cancel(orderId, ADMIN);
    await reopen(orderId);

    await ready();
    await ready();

    expect(await timelineOf(orderId)).toEqual([
      "placed PENDING",
      "status_changed CANCELLED",
      "reopened PENDING",
      "ready_for_pickup PROCESSING",
      "status_changed CANCELLED",
      "reopened PENDING",
      "ready_for_pickup PROCESSING",
    ]);
  });

  it("keeps what was changed of it meanwhile", async ({ expect }) => {
    const { orderId } = await cancelled();
    await patch(`${ORDERS}/${orderId}`, { tags: ["call"] }, ADMIN);

    expect((await reopen(orderId)).body).toMatchObject({ tags: ["call"] });
  });

  it("is supplied by another warehouse where its own has nothing any more", async ({ expect }) => {
    const productId = await stocked({ BLR: 1, MUM: 1 });
    const { orderId } = await placedBy(faultyWorker(), productId);
    await cancel(orderId, ADMIN);
    await recover([productId], 1);
    await placedBy(faultyWorker(), productId);

    const { body } = await reopen(orderId);

    expect(body.items[0]?.allocations).toMatchObject([{ warehouse_id: "MUM", quantity: 1 }]);
    await recover([productId]);
    await expectInvariants(expect, new Map([[productId, 2]]));
  });
});
