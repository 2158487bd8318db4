import { afterEach, beforeAll, beforeEach, describe, it, vi } from "vitest";
import { refundOrder } from "../../../src/payments/refund-order.ts";
import { atD1, atStock, faultyWorker, waitingAt } from "../../support/faults.ts";
import { expectInvariants, recover } from "../../support/invariants.ts";
import { cancelledOrder as cancelledNow, codeOf, reopenBy } from "../../support/orders/ended.ts";
import { availableAt, cancel, outcomeOf, placedBy } from "../../support/orders/orders.ts";
import { confirmBy, expiredOrder, paidOrder, rowsOf } from "../../support/payments/payments.ts";
import { insertPromo, useCounts } from "../../support/pricing/promo.ts";
import { stockedAhead } from "../../support/shop/ahead.ts";
import { demoWarehouses, newId } from "../../support/shop/shop.ts";

const stocked = stockedAhead();

beforeAll(demoWarehouses);
beforeEach(() => void vi.useFakeTimers({ toFake: ["Date"] }));
afterEach(() => void vi.useRealTimers());

const cancelledOrder = (more: Parameters<typeof cancelledNow>[0] = {}) => cancelledNow(more, stocked);

describe("what happens between the look at an order and its record", () => {
  /** Reopens an order, and acts when its units are reserved. */
  async function meanwhile(orderId: string, act: () => Promise<unknown>) {
    const { worker, waits, goOn } = waitingAt(atD1("write once"));
    const reopened = reopenBy(worker.deps, orderId);
    await waits;
    await act();
    goOn();
    const answer = await reopened;
    await worker.idle();
    return codeOf(answer);
  }

  it("a payment of an expired order wins: the reopening is refused, and the order is supplied", async ({ expect }) => {
    const { orderId, productId, received } = await expiredOrder(1, { stocked });

    const code = await meanwhile(orderId, async () => {
      const payer = faultyWorker();
      expect(await confirmBy(payer.deps, orderId)).toMatchObject({ answer: { order: { status: "PROCESSING" } } });
      await payer.idle();
    });
    await recover([productId], 2);

    expect([code, (await paidOrder(orderId)).status]).toEqual(["illegal_transition", "PROCESSING"]);
    await expectInvariants(expect, received);
  });

  it("a refund wins: the reopening is refused, and its unit is free", async ({ expect }) => {
    const { orderId, productId, received } = await expiredOrder(1, { stocked });
    await confirmBy(faultyWorker().deps, orderId);
    await cancel(faultyWorker().deps, orderId);

    const code = await meanwhile(orderId, () =>
      outcomeOf(refundOrder(faultyWorker().deps, undefined, { orderId, amountMinor: 1, reason: "sorry" })),
    );
    await recover([productId], 2);

    expect([code, (await paidOrder(orderId)).status, await availableAt(productId)]).toEqual(["not_reopenable", "CANCELLED", 1]);
    await expectInvariants(expect, received);
  });

  it("the last use of its code wins: the reopening is refused, and the use counts once", async ({ expect }) => {
    const { code: promoCode, ruleId } = await insertPromo({ usageLimit: 1 });
    const { orderId, productId, received } = await cancelledOrder({ promoCode });
    const other = await stocked(1);

    const code = await meanwhile(orderId, () => placedBy(faultyWorker(), other, { promoCode }));
    await recover([productId, other], 2);

    expect([code, (await useCounts(ruleId)).all, await availableAt(productId)]).toEqual(["not_reopenable", 1, 1]);
    await expectInvariants(expect, received);
  });

  it("the last unit that the customer may buy wins: the reopening is refused", async ({ expect }) => {
    const buyer = { customerEmail: `${newId("asha")}@example.com` };
    const { orderId, productId } = await cancelledOrder(buyer);
    await rowsOf("UPDATE products SET max_per_customer = 1 WHERE product_id = ?", productId);
    const two = faultyWorker();

    const code = await meanwhile(orderId, async () => {
      const rival = await placedBy(two, await stocked(1), buyer);
      // As if it were of the same product.
      await rowsOf("UPDATE order_items SET product_id = ? WHERE order_id = ?", productId, rival.orderId);
      await rowsOf(
        "INSERT INTO limited_purchases (product_id, customer, order_id, quantity) VALUES (?, ?, ?, 1)",
        productId,
        `email:${buyer.customerEmail}`,
        rival.orderId,
      );
    });

    expect([code, (await paidOrder(orderId)).status]).toEqual(["max_per_customer_exceeded", "CANCELLED"]);
  });

  it("an object that does not answer leaves the order as it was, and a repeat reopens it", async ({ expect }) => {
    const { orderId, productId, received } = await cancelledOrder();
    const silent = faultyWorker((call) => (call.to === "stock" && call.method === "reserve" ? "lost" : "none"));

    const code = codeOf(await reopenBy(silent.deps, orderId, "silent"));
    await silent.idle();
    const again = await reopenBy(faultyWorker((call) => (atStock("commit", 1)(call) ? "lost" : "none")).deps, orderId, "silent");
    await recover([productId], 2);

    expect([code, codeOf(again), await availableAt(productId)]).toEqual(["unresolved", "answer", 0]);
    await expectInvariants(expect, received);
  });
});
