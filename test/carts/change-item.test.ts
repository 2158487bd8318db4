import { userOf } from "../support/accounts/accounts.ts";
import { beforeAll, describe, it } from "vitest";
import { bodyOf, cartOf, changeItem, newCart, putItem, removeItem, unitsIn } from "../support/carts/carts.ts";
import { availableAt, stocked } from "../support/orders/orders.ts";
import { archive, demoWarehouses } from "../support/shop/shop.ts";
import { sqlInD1 } from "../support/stock/stock.ts";

beforeAll(demoWarehouses);

describe("PATCH and DELETE /api/v1/carts/{cart_id}/items/{item_id}", () => {
  it("changes the quantity and keeps everything else", async ({ expect }) => {
    const productId = await stocked(10);
    const cartId = await newCart();
    await bodyOf(putItem(cartId, productId, 2, { promo_code: "nothing" }));

    const cart = await bodyOf(changeItem(cartId, productId, { quantity: 4 }));

    expect(cart.items).toMatchObject([{ quantity: 4, promo_code: "NOTHING", is_reserved: true }]);
    expect(await availableAt(productId)).toBe(6);
  });

  it("changes and removes the promo code alone", async ({ expect }) => {
    const productId = await stocked(10);
    const cartId = await cartOf({ [productId]: 2 });

    const named = await bodyOf(changeItem(cartId, productId, { promo_code: "nothing" }));
    const cleared = await bodyOf(changeItem(cartId, productId, { promo_code: null }));

    expect([named, cleared].map(({ items }) => [items[0]?.promo_code, items[0]?.quantity])).toEqual([
      ["NOTHING", 2],
      [null, 2],
    ]);
    expect(named.refused_rules).toEqual([{ rule_id: null, promo_code: "NOTHING", reason: "promo_code_unknown" }]);
  });

  it("removes a line and releases its units", async ({ expect }) => {
    const [rice, dal] = [await stocked(10), await stocked(10)];
    const cartId = await cartOf({ [rice]: 2, [dal]: 1 });

    const cart = await bodyOf(removeItem(cartId, rice));

    expect(unitsIn(cart)).toEqual({ [dal]: [1, true] });
    expect([await availableAt(rice), await availableAt(dal)]).toEqual([10, 9]);
  });

  it("removes a line whose product is archived, even if no warehouse ships to the cart's country", async ({ expect }) => {
    const productId = await stocked(10);
    const cartId = await cartOf({ [productId]: 2 });
    await archive(productId);
    await sqlInD1("UPDATE carts SET country = 'US' WHERE cart_id = ?", cartId);

    const cart = await bodyOf(removeItem(cartId, productId));

    expect(cart.items).toEqual([]);
    expect(await availableAt(productId)).toBe(10);
  });

  it("by staff is in the audit log, including what was undone; by a shopper it is not", async ({ expect }) => {
    const productId = await stocked(10);
    const cartId = await cartOf({ [productId]: 2 });
    const { token } = await userOf("staff");

    await bodyOf(changeItem(cartId, productId, { quantity: 3 }, { token }));
    await changeItem(cartId, productId, { quantity: 90 }, { token });
    await bodyOf(changeItem(cartId, productId, { quantity: 1 }));

    const log = await sqlInD1<{ action: string; after: string }>(
      "SELECT action, after FROM audit_log WHERE record_type = 'cart' AND record_id = ?",
      cartId,
    );
    const entries = log.map(({ action, after }) => {
      const { items } = JSON.parse(after) as { items: { quantity: number }[] };
      return `${action} ${items[0]?.quantity}`;
    });
    expect(entries.toSorted()).toEqual(["cart.edit 3", "cart.edit 90", "cart.undo_edit 3"]);
  });
});
