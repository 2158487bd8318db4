import { beforeAll, beforeEach, describe, it } from "vitest";
import { bodyOf, cartNow, cartOf, newCart, putItem } from "../support/carts.ts";
import { stocked } from "../support/orders.ts";
import { checkedOutBy } from "../support/checkouts.ts";
import { faultyWorker } from "../support/faults.ts";
import { bumpVersion, insertedRule } from "../support/pricing.ts";
import { demoWarehouses } from "../support/shop.ts";
import { sqlInD1 } from "../support/stock.ts";

const DELIVERY_MINOR = 4_900;
beforeAll(demoWarehouses);
beforeEach(async () => {
  await sqlInD1("DELETE FROM pricing_rules");
  await sqlInD1("DELETE FROM tax_rates");
  await bumpVersion();
});
async function paid(cartId: string) {
  let placed = await checkedOutBy(faultyWorker().deps, cartId);
  if ("code" in placed) {
    console.log(placed.code);
    const shown = await cartNow(cartId);
    placed = await checkedOutBy(faultyWorker().deps, cartId, {
      expectedMinor: Math.round(shown.totals.total * 100) + DELIVERY_MINOR,
    });
  }
  return "order" in placed ? { total: placed.order.totalMinor - DELIVERY_MINOR, discount: placed.order.discountMinor } : placed;
}

describe("a checkout charges what the cart shows", () => {
  it("when a cart-wide rule began after the last edit", async ({ expect }) => {
    const rice = await stocked(10);
    const cartId = await cartOf({ [rice]: 2 });
    await insertedRule({ type: "cart_total", discountType: "absolute", discountValue: 3_000 });
    await bumpVersion();
    const shown = await cartNow(cartId);
    expect(shown.totals.total).toBe(270);
    expect(await paid(cartId)).toMatchObject({ total: 27_000 });
  });
  it("when a cart-wide rule ended after the last edit", async ({ expect }) => {
    const rice = await stocked(10);
    await insertedRule({ type: "cart_total", discountType: "absolute", discountValue: 3_000 });
    await bumpVersion();
    const cartId = await cartOf({ [rice]: 2 });
    await sqlInD1("UPDATE pricing_rules SET is_active = 0");
    await bumpVersion();
    const shown = await cartNow(cartId);
    expect(shown.totals.total).toBe(300);
    expect(await paid(cartId)).toMatchObject({ total: 30_000 });
  });
  it("where two edits at once take a fixed cart-wide amount off once", async ({ expect }) => {
    const ids = await Promise.all([1, 2, 3, 4, 5].map(() => stocked(10)));
    await insertedRule({ type: "cart_total", discountType: "absolute", discountValue: 10_000 });
    await bumpVersion();
    const cartId = await newCart();
    const answers = await Promise.all(ids.map((id) => putItem(cartId, id, 1)));
    console.log(answers.map((a) => a.status));
    const shown = await cartNow(cartId);
    console.log(
      JSON.stringify(shown.totals),
      JSON.stringify(await sqlInD1("SELECT discounts FROM cart_items WHERE cart_id=?", cartId)),
    );
    const total = Math.round(shown.totals.total * 100);
    expect(await paid(cartId)).toMatchObject({ total });
  });
  it("where a line at its limit does not keep a share that another line has too", async ({ expect }) => {
    const [a, b] = [await stocked(10), await stocked(10)];
    await insertedRule({ type: "cart_total", discountType: "absolute", discountValue: 10_000 });
    await bumpVersion();
    const cartId = await cartOf({ [a]: 1 });
    // As a line is that was first reserved nearly RESERVATION_MAX_MINUTES ago.
    await sqlInD1("UPDATE cart_items SET reserved_since_ms = 0 WHERE cart_id = ?", cartId);
    const shown = await bodyOf(putItem(cartId, b, 1));
    const total = Math.round(shown.totals.total * 100);
    expect(await paid(cartId)).toMatchObject({ total });
  });
  it("where a line that lapsed and was told leaves no cart-wide discount behind", async ({ expect }) => {
    const [a, b] = [await stocked(10), await stocked(10)];
    await insertedRule({ type: "cart_total", discountType: "percent", discountValue: 5_000, minSubtotalMinor: 80_000 });
    await bumpVersion();
    const cartId = await cartOf({ [a]: 1, [b]: 5 });
    await sqlInD1("UPDATE cart_items SET reserved_until_ms = ? WHERE cart_id = ? AND variant_id = ?", Date.now() - 1, cartId, b);
    const shown = await cartNow(cartId);
    console.log(JSON.stringify(shown.totals), JSON.stringify(shown.changes));
    await new Promise((r) => setTimeout(r, 200));
    const total = Math.round(shown.totals.total * 100);
    expect(await paid(cartId)).toMatchObject({ total });
  });
});
