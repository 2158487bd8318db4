import { afterEach, beforeAll, beforeEach, describe, it, vi } from "vitest";
import { setPromoCode } from "../../src/carts/set-promo-code.ts";
import { GUEST } from "../support/accounts/callers.ts";
import { cartOf, readCart } from "../support/carts/carts.ts";
import { cutAct, everyCut } from "../support/cuts.ts";
import { type Fault, FAULTS, faultyWorker } from "../support/faults.ts";
import { expectInvariants, recover } from "../support/invariants.ts";
import { stocked } from "../support/orders/orders.ts";
import { insertPromo } from "../support/pricing/promo.ts";
import { demoWarehouses, newId } from "../support/shop/shop.ts";

/** No change of a code makes so many outside calls. */
const TOO_MANY = 8;
const UNITS = 5;

beforeAll(demoWarehouses);
beforeEach(() => void vi.useFakeTimers({ toFake: ["Date"] }));
afterEach(() => void vi.useRealTimers());

describe("a promo code that is set, cut after every step and repeated with its key", () => {
  it.for(FAULTS)("(%s) is the cart's once, with the price of it", async (fault: Fault, { expect }) => {
    const { code } = await insertPromo();
    const { cuts, steps } = await everyCut(TOO_MANY, async (at) => {
      const productId = await stocked(UNITS);
      const cartId = await cartOf({ [productId]: 1 });
      const keyed = { id: newId("key"), requestHash: "code" };
      const set = ({ deps }: ReturnType<typeof faultyWorker>) => setPromoCode(deps, keyed, GUEST, { cartId, promoCode: code });

      const isCut = await cutAct(set, at, fault);
      const repeat = faultyWorker();
      await set(repeat);
      await repeat.idle();
      return { isCut, productId, cart: await readCart(cartId) };
    });
    await recover(cuts.map(({ productId }) => productId));

    for (const { at, cart } of cuts) {
      expect(cart, `${fault} at ${at}`).toMatchObject({ promo_code: code, promo_discount: 15, totals: { total: 135 } });
    }
    await expectInvariants(expect, new Map(cuts.map(({ productId }) => [productId, UNITS])));
    expect(steps).toBeGreaterThanOrEqual(2);
    expect(steps).toBeLessThan(TOO_MANY);
  });
});
