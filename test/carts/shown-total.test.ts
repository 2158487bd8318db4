import { beforeAll, beforeEach, describe, it } from "vitest";
import { type CartBody, bodyOf, readCart, cartOf, newCart, putItem } from "../support/carts/carts.ts";
import { checkOutBy } from "../support/carts/checkouts.ts";
import { faultyWorker } from "../support/faults.ts";
import { stocked } from "../support/orders/orders.ts";
import { bumpVersion, insertRule } from "../support/pricing/pricing.ts";
import { demoWarehouses } from "../support/shop/shop.ts";
import { sqlInD1 } from "../support/stock/stock.ts";

const DELIVERY_MINOR = 4_900;

beforeAll(demoWarehouses);
// Rules apply to every product, so each test starts without any.
beforeEach(async () => {
  await sqlInD1("DELETE FROM pricing_rules");
  await bumpVersion();
});

/** Adds an active cart-wide rule. */
async function cartWide(more: Parameters<typeof insertRule>[0]): Promise<void> {
  await insertRule({ type: "cart_total", ...more });
  await bumpVersion();
}

/** Checks a cart out with the shown total as `expected_total`. @returns the total without delivery, in minor units */
async function charged(cartId: string, { totals }: CartBody) {
  const expectedMinor = Math.round(totals.total * 100) + DELIVERY_MINOR;
  const placed = await checkOutBy(faultyWorker().deps, cartId, { expectedMinor });
  return "order" in placed ? placed.order.totalMinor - DELIVERY_MINOR : placed;
}

describe("a checkout charges the total that the cart showed", () => {
  it("when a cart-wide rule began after the last edit", async ({ expect }) => {
    const cartId = await cartOf({ [await stocked(10)]: 2 });
    await cartWide({ discountType: "absolute", discountValue: 3_000 });

    const shown = await readCart(cartId);

    expect(shown.totals.total).toBe(270);
    expect(await charged(cartId, shown)).toBe(27_000);
  });

  it("when a cart-wide rule ended after the last edit", async ({ expect }) => {
    await cartWide({ discountType: "absolute", discountValue: 3_000 });
    const cartId = await cartOf({ [await stocked(10)]: 2 });
    await sqlInD1("UPDATE pricing_rules SET is_active = 0");
    await bumpVersion();

    const shown = await readCart(cartId);

    expect(shown.totals.total).toBe(300);
    expect(await charged(cartId, shown)).toBe(30_000);
  });

  it("when concurrent edits share one fixed cart-wide discount", async ({ expect }) => {
    const products = await Promise.all([1, 2, 3].map(() => stocked(10)));
    await cartWide({ discountType: "absolute", discountValue: 10_000 });
    const cartId = await newCart();
    const answers = await Promise.all(products.map((productId) => putItem(cartId, productId, 1)));

    const shown = await readCart(cartId);

    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect(shown.totals.total).toBe(350);
    expect(await charged(cartId, shown)).toBe(35_000);
  });

  it("when a line at the limit of its reservation is not extended and another line is added", async ({ expect }) => {
    const [old, fresh] = [await stocked(10), await stocked(10)];
    await cartWide({ discountType: "absolute", discountValue: 10_000 });
    const cartId = await cartOf({ [old]: 1 });
    await sqlInD1("UPDATE cart_items SET reserved_since_ms = 0 WHERE cart_id = ?", cartId);

    const shown = await bodyOf(putItem(cartId, fresh, 1));

    expect(await charged(cartId, shown)).toBe(Math.round(shown.totals.total * 100));
  });

  it("when an expired line that was shown as lost made a cart-wide rule apply", async ({ expect }) => {
    const [kept, lost] = [await stocked(10), await stocked(10)];
    await cartWide({ discountType: "percent", discountValue: 5_000, minSubtotalMinor: 80_000 });
    const cartId = await cartOf({ [kept]: 1, [lost]: 5 });
    await sqlInD1("UPDATE cart_items SET reserved_until_ms = 1 WHERE cart_id = ? AND variant_id = ?", cartId, lost);

    const shown = await readCart(cartId);

    expect(shown.totals.total).toBe(150);
    expect(await charged(cartId, shown)).toBe(15_000);
  });
});
