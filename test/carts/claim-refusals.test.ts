import { beforeAll, describe, it } from "vitest";
import { userOf } from "../support/accounts/accounts.ts";
import { cartOf, claimCart, itemRows, newCart } from "../support/carts/carts.ts";
import { stocked } from "../support/orders/orders.ts";
import { demoWarehouses } from "../support/shop/shop.ts";
import { sqlInD1 } from "../support/stock/stock.ts";

beforeAll(demoWarehouses);

describe("claiming a guest's cart", () => {
  it("is refused: 401 for a guest, 404 for somebody else's cart, 409 with the order for a cart that became one", async ({
    expect,
  }) => {
    const [mine, other] = [await userOf(), await userOf()];
    const theirs = await newCart({}, { token: other.token });
    const ordered = await newCart();
    await sqlInD1("UPDATE carts SET order_id = 'ORD1' WHERE cart_id = ?", ordered);

    const answers = [
      await claimCart(ordered, {}),
      await claimCart(ordered, { admin: true }),
      await claimCart("CRT1", mine),
      await claimCart(theirs, mine),
      await claimCart(ordered, mine),
    ];

    expect(answers.map(({ status }) => status)).toEqual([401, 403, 404, 404, 409]);
    expect(await answers[4]?.json()).toMatchObject({ code: "cart_checked_out", order_id: "ORD1" });
  });

  it("is refused with the order even if the account has an open cart, which stays as it is", async ({ expect }) => {
    const productId = await stocked(5);
    const { token } = await userOf();
    const own = await newCart({}, { token });
    const ordered = await cartOf({ [productId]: 1 });
    await sqlInD1("UPDATE carts SET order_id = 'ORD2' WHERE cart_id = ?", ordered);

    const answer = await claimCart(ordered, { token });

    expect(answer.status).toBe(409);
    expect(await answer.json()).toMatchObject({ code: "cart_checked_out", order_id: "ORD2" });
    expect(await itemRows(own)).toEqual([]);
  });

  it("is refused for carts that are too large together, and writes nothing", async ({ expect }) => {
    const productId = await stocked(20);
    const { token } = await userOf();
    const own = await newCart({}, { token });
    const guests = await cartOf({ [productId]: 1 });
    await sqlInD1(
      "INSERT INTO products (product_id, name, status, is_bundle, price_minor, created_at_ms, updated_at_ms) VALUES ('many', 'M', 'active', 0, 100, 1, 1)",
    );
    await sqlInD1(
      `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100)
       INSERT INTO variants (variant_id, product_id, position, sku, status) SELECT 'many-' || i, 'many', i, 'MANY-' || i, 'active' FROM n`,
    );
    await sqlInD1(
      `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100)
       INSERT INTO cart_items SELECT ?, 'many-' || i, i, 'many', 1, 1, '[]', NULL, NULL, 100, '{"discounts":[],"isClosed":false}', NULL, NULL FROM n`,
      own,
    );

    const lines = await claimCart(guests, { token });
    await sqlInD1(
      `UPDATE cart_items SET needs = (WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100)
         SELECT json_group_array(json_object('productId', 'q' || i, 'variantId', 'q' || i, 'quantity', 1)) FROM n) WHERE cart_id = ? AND line_no = 1`,
      own,
    );
    await sqlInD1("DELETE FROM cart_items WHERE cart_id = ? AND line_no > 1", own);
    const products = await claimCart(guests, { token });

    expect([lines.status, (await lines.json<{ code: string }>()).code]).toEqual([422, "validation_failed"]);
    expect([products.status, (await products.json<{ code: string }>()).code]).toEqual([422, "order_too_large"]);
    expect(await itemRows(guests)).toMatchObject([{ quantity: 1 }]);
  });
});
