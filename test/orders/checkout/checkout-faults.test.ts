import { afterAll, beforeAll, describe, it, vi } from "vitest";
import { cartRow, insertCart, checkOutBy, ordersOfCart } from "../../support/carts/checkouts.ts";
import { inTurn, ranBefore } from "../../support/cuts.ts";
import { type Fault, FAULTS, faultyWorker, type OutsideCall, outcome } from "../../support/faults.ts";
import { expectInvariants, recover } from "../../support/invariants.ts";
import { stockedAhead } from "../../support/shop/ahead.ts";
import { demoWarehouses, newId } from "../../support/shop/shop.ts";

// A checkout is interrupted at every call of D1 and of objects, in every way (K1 to K7).
const UNITS = 5;
const stocked = stockedAhead();
/** Shorter than the time that passes in `recover`, so that the units of open carts are free at the end. */
const CART_MS = 5 * 60_000;

beforeAll(demoWarehouses);
beforeAll(() => void vi.useFakeTimers({ toFake: ["Date"] }));
afterAll(() => void vi.useRealTimers());

/** The cart's units of two products, and the stock of each besides them. */
const CARTS = {
  "whose units are reserved": { isLost: [false, false], units: [UNITS, UNITS] },
  "that has lost the units of one line": { isLost: [false, true], units: [UNITS, UNITS] },
  "of which one line is short": { isLost: [false, true], units: [UNITS, 1] },
} as const;

/** Every call that some checkout makes; a fault at a call that is not made changes nothing. */
const CALLS: { words: string; is: (call: OutsideCall) => boolean }[] = [
  ...[1, 2, 3].map((nth) => ({ words: `batch ${nth} of D1`, is: (call: OutsideCall) => call.to === "d1" && call.nth === nth })),
  ...(["convert", "commit", "giveBack"] as const).flatMap((method) =>
    [1, 2].map((nth) => ({
      words: `${method} ${nth}`,
      is: (call: OutsideCall) => call.to === "stock" && call.method === method && call.nth === nth,
    })),
  ),
];

type Cart = (typeof CARTS)[keyof typeof CARTS];
type Case = (typeof CALLS)[number] & { fault: Fault };

/** A checkout of which one call meets a fault, a retry with its key, and then the late call. */
async function cutCheckout({ isLost, units }: Cart, { is, fault }: Case) {
  const productIds = await Promise.all(units.map((each) => stocked(each)));
  const lines = productIds.map((productId, index) => ({ productId, quantity: 2, isLost: isLost[index] === true }));
  const cartId = await insertCart(lines, { forMs: CART_MS });
  const key = newId("key");
  let isMet = false;
  const worker = faultyWorker((call) => {
    if (isMet || !is(call)) return "none";
    isMet = true;
    return fault;
  });

  const answer = await outcome(worker, checkOutBy(worker.deps, cartId, { key }));
  const hasAnswered = answer !== "died";
  if (hasAnswered) await outcome(worker, worker.idle());
  const before = await ordersOfCart(cartId);
  const retried = await checkOutBy(faultyWorker().deps, cartId, { key });
  await worker.deliverLate();
  return { productIds, cartId, answer, before, retried };
}

describe.each(Object.entries(CARTS))("the checkout of a cart %s", (_, cart) => {
  const cases = CALLS.flatMap((call) => FAULTS.map((fault) => ({ ...call, fault })));
  const cut = ranBefore(cases, async (all) => {
    const cuts = await inTurn(all, (each) => cutCheckout(cart, each));
    await recover(cuts.flatMap(({ productIds }) => productIds));
    return cuts;
  });

  it.for(cases)("sells exactly the answered order, when $words meets: $fault", async (each, { expect }) => {
    const { productIds, cartId, answer, before, retried } = cut(each);

    const orders = await ordersOfCart(cartId);
    expect(orders.length).toBeLessThanOrEqual(1);
    expect((await cartRow(cartId))?.orderId ?? null).toBe(orders[0]?.orderId ?? null);
    // An answer stays true after late messages.
    for (const said of [answer, retried]) {
      if (said === "died") continue;
      if ("order" in said) expect(orders[0]?.orderId).toBe(said.order.orderId);
      else if (said.code === "insufficient_stock") expect([before, orders]).toEqual([[], []]);
      else expect(["unresolved", "unavailable"]).toContain(said.code);
    }
    await expectInvariants(expect, new Map(productIds.map((productId, index) => [productId, cart.units[index] ?? 0])));
  });
});
