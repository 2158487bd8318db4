import { beforeAll, beforeEach, describe, it } from "vitest";
import { showCart } from "../../src/carts/show-cart.ts";
import { userOf } from "../support/accounts/accounts.ts";
import { appWith } from "../support/http/app.ts";
import { type CartBody, readCart, cartOf, editBy, newCart, putItem } from "../support/carts/carts.ts";
import { GUEST } from "../support/accounts/callers.ts";
import { checkOutBy } from "../support/carts/checkouts.ts";
import { atD1, faultyWorker } from "../support/faults.ts";
import { patch } from "../support/http/requests.ts";
import type { OrderBody } from "../support/orders/http.ts";
import { stocked } from "../support/orders/orders.ts";
import { bumpVersion, insertRule } from "../support/pricing/pricing.ts";
import { setTaxRate } from "../support/pricing/promo.ts";
import { demoWarehouses } from "../support/shop/shop.ts";
import { sqlInD1 } from "../support/stock/stock.ts";

const PRICE_MINOR = 15_000;
const DELIVERY_MINOR = 4_900;

beforeAll(async () => {
  await demoWarehouses();
  await sqlInD1(`UPDATE warehouses SET ships_to = '["IN","LK"]'`);
});
beforeEach(async () => {
  await sqlInD1("DELETE FROM pricing_rules");
  await sqlInD1("DELETE FROM tax_rates");
  await bumpVersion();
});

/** A cart of two products; the reservation of the second has expired. */
async function halfExpired(token?: string): Promise<{ cartId: string; kept: string; lost: string }> {
  const [kept, lost] = [await stocked(10), await stocked(10)];
  const cartId = await cartOf({ [kept]: 1, [lost]: 1 }, token === undefined ? {} : { token });
  await sqlInD1("UPDATE cart_items SET reserved_until_ms = 1 WHERE cart_id = ? AND variant_id = ?", cartId, lost);
  return { cartId, kept, lost };
}

describe("what a cart reported", () => {
  it("as lost is not charged, from the moment of the answer that reported it", async ({ expect }) => {
    const { cartId, lost } = await halfExpired();

    const shown = await showCart(faultyWorker().deps, GUEST, cartId);

    expect(shown.changes).toMatchObject([{ what: "reservation_lost", variantId: lost }]);
    const placed = await checkOutBy(faultyWorker().deps, cartId);
    expect(placed).toMatchObject({ order: { totalMinor: PRICE_MINOR + DELIVERY_MINOR } });
  });

  it("as lost is reported again if D1 did not mark it as seen, because the answer was an error", async ({ expect }) => {
    const { cartId, lost } = await halfExpired();
    const worker = faultyWorker((call) => (atD1("mark losses seen")(call) ? "lost" : "none"));

    await expect(showCart(worker.deps, GUEST, cartId)).rejects.toThrow("fault:");

    expect((await readCart(cartId)).changes).toMatchObject([{ what: "reservation_lost", item_id: lost }]);
  });

  it("to staff is reported to its shopper again", async ({ expect }) => {
    const [{ token }, { token: staff }] = [await userOf(), await userOf("staff")];
    const { cartId, lost } = await halfExpired(token);
    await readCart(cartId, { token: staff });

    const shown = await readCart(cartId, { token });

    expect(shown.changes).toMatchObject([{ what: "reservation_lost", item_id: lost }]);
  });

  it("as tax of the cart's country is charged, if the checkout names no other country", async ({ expect }) => {
    const post = { method: "POST", headers: { "content-type": "application/json" } };
    await setTaxRate("IN", "", 1800);
    await setTaxRate("LK", "", 800);
    const app = appWith({ pricesIncludeTax: false });
    const cartId = await newCart({ country: "LK" });
    await putItem(cartId, await stocked(10), 1);

    const shown = await (await app(`/api/v1/carts/${cartId}`)).json<CartBody>();
    const body = JSON.stringify({ cart_id: cartId, customer_name: "Asha" });
    const order = await (await app("/api/v1/checkout", { ...post, body })).json<OrderBody>();

    expect(shown.totals.total).toBe(162);
    expect(order).toMatchObject({ country: "LK", tax_total: 12, total: 162 + 49 });
  });

  it("as a line's price stays valid after an edit was refused because of a checkout", async ({ expect }) => {
    const productId = await stocked(10);
    const cartId = await cartOf({ [productId]: 1 });
    const checkout = faultyWorker(
      () => "none",
      async (call) => {
        if (!atD1("record")(call)) return;
        await editBy(faultyWorker().deps, { cartId, productId, kind: "change", quantity: 2 });
      },
    );

    const refused = await checkOutBy(checkout.deps, cartId);
    await checkout.idle();
    await patch(`/api/v1/products/${productId}`, { price: 200 }, { admin: true });

    expect(refused).toMatchObject({ code: "unresolved" });
    expect((await readCart(cartId)).items).toMatchObject([{ quantity: 1, unit_price: 150, is_reserved: true }]);
  });

  it("as its total is charged after the removal of a line that made a cart-wide rule apply", async ({ expect }) => {
    const [many, one] = [await stocked(10), await stocked(10)];
    await insertRule({ type: "cart_total", discountType: "percent", discountValue: 5_000, minSubtotalMinor: 80_000 });
    await bumpVersion();
    const cartId = await cartOf({ [many]: 5, [one]: 1 });
    await editBy(faultyWorker().deps, { cartId, productId: many, kind: "remove" });

    const shown = await readCart(cartId);
    const placed = await checkOutBy(faultyWorker().deps, cartId);

    expect(shown.totals.total).toBe(150);
    expect(placed).toMatchObject({ order: { totalMinor: PRICE_MINOR + DELIVERY_MINOR } });
  });
});
