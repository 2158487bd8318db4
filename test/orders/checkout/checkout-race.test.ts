import { afterEach, beforeAll, describe, it, vi } from "vitest";
import { cartWithOrders, insertCart, checkOutBy, ordersOfCart } from "../../support/carts/checkouts.ts";
import { faultyWorker } from "../../support/faults.ts";
import { expectInvariants, recover } from "../../support/invariants.ts";
import { unitsOf } from "../../support/orders/http.ts";
import { stocked } from "../../support/orders/orders.ts";
import { demoWarehouses, newId } from "../../support/shop/shop.ts";
import { runAlarm, stockOf } from "../../support/stock/stock.ts";

const CHECKOUTS = 100;
const CARTS = 300;
const UNITS = 50;
const INSTANTS = 200;
/** Shorter than the time that passes in `recover`, so that the units of open carts are free at the end. */
const CART_MS = 5 * 60_000;

beforeAll(demoWarehouses);
afterEach(() => void vi.useRealTimers());

/** Counts answers by their outcome. */
function tally(answers: readonly ({ code: string } | { replayed: boolean })[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const answer of answers) {
    const said = "code" in answer ? answer.code : answer.replayed ? "replayed" : "placed";
    counts[said] = (counts[said] ?? 0) + 1;
  }
  return counts;
}

describe("checkouts at once", () => {
  it(`of one cart by ${CHECKOUTS} buyers make one order`, async ({ expect }) => {
    const productId = await stocked(5);
    const cartId = await insertCart([{ productId, quantity: 2 }], { forMs: CART_MS });
    const worker = faultyWorker();

    const answers = await Promise.all(
      Array.from({ length: CHECKOUTS }, () => checkOutBy(worker.deps, cartId, { key: newId("key") })),
    );
    await worker.idle();

    const { placed = 0, cart_checked_out: late = 0, unresolved = 0, ...others } = tally(answers);
    expect([placed, late + unresolved, others]).toEqual([1, CHECKOUTS - 1, {}]);
    expect(await ordersOfCart(cartId)).toHaveLength(1);
    expect(await unitsOf(productId)).toEqual({ BLR: [5, 0, 2] });
  });

  it(`under one key, ${CHECKOUTS} times, all get the same order`, async ({ expect }) => {
    const productId = await stocked(5);
    const cartId = await insertCart([{ productId, quantity: 2 }], { forMs: CART_MS });
    const worker = faultyWorker();
    const key = newId("key");

    const answers = await Promise.all(Array.from({ length: CHECKOUTS }, () => checkOutBy(worker.deps, cartId, { key })));
    await worker.idle();

    const orderIds = new Set(answers.map((answer) => ("order" in answer ? answer.order.orderId : answer.code)));
    expect([...orderIds]).toEqual([(await ordersOfCart(cartId))[0]?.orderId]);
    expect(tally(answers)["placed"]).toBe(1);
    expect(await unitsOf(productId)).toEqual({ BLR: [5, 0, 2] });
  });

  it(`of ${CARTS} carts whose reservations expired sell ${UNITS} units to ${UNITS}`, async ({ expect }) => {
    vi.useFakeTimers({ toFake: ["Date"] });
    const productId = await stocked(UNITS);
    const carts = await Promise.all(Array.from({ length: CARTS }, () => insertCart([{ productId, quantity: 1, isLost: true }])));
    const worker = faultyWorker();

    const answers = await Promise.all(carts.map((cartId) => checkOutBy(worker.deps, cartId)));
    await worker.idle();

    expect(tally(answers)).toEqual({ placed: UNITS, insufficient_stock: CARTS - UNITS });
    await recover([productId]);
    await expectInvariants(expect, new Map([[productId, UNITS]]));
  });

  it(`when the reservation expires meanwhile, ${INSTANTS} times: the order has the units, or they are free`, async ({
    expect,
  }) => {
    vi.useFakeTimers({ toFake: ["Date"] });
    const productIds = await Promise.all([stocked(INSTANTS * 2), stocked(INSTANTS * 2)]);
    for (let instant = 0; instant < INSTANTS; instant += 1) {
      const cartId = await insertCart(
        productIds.map((productId) => ({ productId, quantity: 2 })),
        { forMs: 1_000 },
      );
      const worker = faultyWorker(undefined, async (call) => {
        // Each time the reservation expires at another step of the checkout.
        if (call.to === "d1" ? call.nth === 1 + (instant % 2) : (instant >> 1) % 2 === 0) vi.setSystemTime(Date.now() + 500);
      });

      const [answer] = await Promise.all([
        checkOutBy(worker.deps, cartId),
        ...productIds.map(async (productId) => {
          await (instant % 3 === 0 ? runAlarm(productId) : stockOf(productId).levels());
        }),
      ]);
      await worker.idle();

      const { cart, orders } = await cartWithOrders(cartId);
      expect(orders).toHaveLength("order" in answer ? 1 : 0);
      expect(cart?.orderId ?? null).toBe(orders[0]?.orderId ?? null);
    }
    await recover(productIds);
    await expectInvariants(expect, new Map(productIds.map((productId) => [productId, INSTANTS * 2])));
  });
});
