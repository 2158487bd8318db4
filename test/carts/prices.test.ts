import { beforeAll, beforeEach, describe, it } from "vitest";
import { userOf } from "../support/accounts/accounts.ts";
import { appWith } from "../support/http/app.ts";
import { bodyOf, readCart, cartOf, changeItem, newCart, putItem } from "../support/carts/carts.ts";
import { patch } from "../support/http/requests.ts";
import { stocked } from "../support/orders/orders.ts";
import { bumpVersion, insertRule } from "../support/pricing/pricing.ts";
import { demoWarehouses } from "../support/shop/shop.ts";
import { sqlInD1 } from "../support/stock/stock.ts";

beforeAll(demoWarehouses);
beforeEach(async () => {
  await sqlInD1("DELETE FROM pricing_rules");
  await sqlInD1("DELETE FROM tax_rates");
  await bumpVersion();
});

async function insertRules(...rules: Parameters<typeof insertRule>[0][]): Promise<string[]> {
  const made = [];
  for (const rule of rules) made.push((await insertRule(rule)).ruleId);
  await bumpVersion();
  return made;
}

const priceTo = (productId: string, price: number) => patch(`/api/v1/products/${productId}`, { price }, { admin: true });

describe("a line's price", () => {
  it("includes the discounts of rules, and ignores the case of its promo code", async ({ expect }) => {
    const productId = await stocked(10);
    const [ruleId] = await insertRules({ type: "promo_code_percentage", promoCode: "DIWALI10", name: "Diwali" });
    const cartId = await newCart();

    const { items, totals } = await bodyOf(putItem(cartId, productId, 2, { promo_code: "diwali10" }));

    expect(items).toMatchObject([
      {
        unit_price: 150,
        discount: 30,
        final_price: 270,
        promo_code: "DIWALI10",
        applied_rules: [{ rule_id: ruleId, name: "Diwali", amount: 30 }],
      },
    ]);
    expect(totals).toMatchObject({ subtotal: 300, discount_total: 30, total: 270 });
  });

  it("is fixed as long as the line is reserved; a changed price is reported beside it", async ({ expect }) => {
    const productId = await stocked(10);
    const [ruleId] = await insertRules({ type: "bulk_quantity", minQuantity: 2 });
    const cartId = await cartOf({ [productId]: 2 });
    await priceTo(productId, 200);
    await sqlInD1("UPDATE pricing_rules SET is_active = 0 WHERE rule_id = ?", String(ruleId));
    await bumpVersion();

    const cart = await readCart(cartId);

    expect(cart.items).toMatchObject([{ unit_price: 150, final_price: 270 }]);
    expect(cart.totals.total).toBe(270);
    expect(cart.changes).toEqual([
      { what: "price_changed", item_id: productId, product_id: productId, quantity: 2, was: 270, now: 400 },
    ]);
  });

  it("is updated when the line is changed, while other lines keep theirs", async ({ expect }) => {
    const [rice, dal] = [await stocked(10), await stocked(10)];
    const cartId = await cartOf({ [rice]: 2, [dal]: 1 });
    await priceTo(rice, 200);
    await priceTo(dal, 50);

    const { items, changes } = await bodyOf(changeItem(cartId, rice, { quantity: 3 }));

    expect(items).toMatchObject([
      { unit_price: 200, final_price: 600 },
      { unit_price: 150, final_price: 150 },
    ]);
    expect(changes).toMatchObject([{ what: "price_changed", item_id: dal, was: 150, now: 50 }]);
  });

  it("of an unreserved line is always the current one", async ({ expect }) => {
    const productId = await stocked(10);
    const cartId = await cartOf({ [productId]: 2 });
    await sqlInD1("UPDATE cart_items SET reserved_until_ms = NULL WHERE cart_id = ?", cartId);
    await priceTo(productId, 200);

    const { items, changes } = await readCart(cartId);

    expect(items).toMatchObject([{ unit_price: 200, final_price: 400, is_reserved: false, reserved_until: null }]);
    expect(changes).toEqual([]);
  });

  it("shares a cart-wide discount anew after each edit, without reporting a price change of the other lines", async ({
    expect,
  }) => {
    const [rice, dal] = [await stocked(10), await stocked(10)];
    await insertRules({ type: "cart_total", discountType: "absolute", discountValue: 3_000 });
    const cartId = await cartOf({ [rice]: 1 });

    const alone = await readCart(cartId);
    const { items, totals, changes } = await bodyOf(putItem(cartId, dal, 2));

    expect(alone.items).toMatchObject([{ discount: 30, final_price: 120 }]);
    expect(items.map(({ discount }) => discount)).toEqual([10, 20]);
    expect(totals).toMatchObject({ subtotal: 450, discount_total: 30, total: 420 });
    expect([changes, await readCart(cartId)]).toMatchObject([[], { changes: [], totals: { total: 420 } }]);
  });

  it("counts the uses of limited codes for all lines, also for those added before", async ({ expect }) => {
    const [rice, dal] = [await stocked(10), await stocked(10)];
    await insertRules({ type: "promo_code_percentage", promoCode: "ONCE", usageLimit: 1, used: 1, productId: rice });
    const cartId = await newCart();
    await bodyOf(putItem(cartId, rice, 1, { promo_code: "ONCE" }));
    await sqlInD1("UPDATE cart_items SET reserved_until_ms = NULL WHERE cart_id = ?", cartId);

    const { refused_rules: refused } = await bodyOf(putItem(cartId, dal, 1));

    expect(refused).toMatchObject([{ promo_code: "ONCE", reason: "used_up" }]);
  });

  it("has the tax of the cart's country and the product's category, included or added", async ({ expect }) => {
    const productId = await stocked(10);
    await sqlInD1("UPDATE products SET category = 'Grains' WHERE product_id = ?", productId);
    await sqlInD1("INSERT INTO tax_rates VALUES ('IN', 'Grains', 500), ('IN', '', 1800)");
    await bumpVersion();
    const cartId = await cartOf({ [productId]: 2 });

    const inside = await readCart(cartId);
    const onTop = await bodyOf(appWith({ pricesIncludeTax: false })(`/api/v1/carts/${cartId}`));

    expect(inside.items).toMatchObject([{ tax: 14.29, tax_rate_bps: 500 }]);
    expect(inside.totals).toMatchObject({ tax_total: 14.29, total: 300, prices_include_tax: true });
    expect(onTop.totals).toMatchObject({ tax_total: 15, total: 315, prices_include_tax: false });
  });
});

describe("a price tier", () => {
  it("is the signed-in customer's own by default", async ({ expect }) => {
    const productId = await stocked(10);
    await insertRules({ type: "user_tier_percentage", userTier: "gold" });
    const { userId, token } = await userOf();
    await sqlInD1("UPDATE users SET tier = 'gold' WHERE user_id = ?", userId);
    const cartId = await newCart({}, { token });

    const { items } = await bodyOf(putItem(cartId, productId, 1, {}, { token }));
    const named = await putItem(cartId, productId, 1, { user_tier: "gold" }, { token });

    expect(items).toMatchObject([{ user_tier: "gold", final_price: 135 }]);
    expect(named.status).toBe(200);
  });

  it("that is not the caller's own is refused to guests and customers; staff may choose", async ({ expect }) => {
    const productId = await stocked(10);
    const cartId = await newCart();
    const [customer, staff] = [await userOf(), await userOf("staff")];

    const answers = [
      await putItem(cartId, productId, 1, { user_tier: "gold" }),
      await putItem(cartId, productId, 1, { user_tier: "gold" }, { token: customer.token }),
    ];
    const chosen = await bodyOf(putItem(cartId, productId, 1, { user_tier: "gold" }, { token: staff.token }));

    expect(answers.map(({ status }) => status)).toEqual([403, 403]);
    expect(await answers[0]?.json()).toMatchObject({ code: "tier_not_verified", errors: [{ field: "user_tier" }] });
    expect(chosen.items).toMatchObject([{ user_tier: "gold" }]);
  });
});
