import { beforeAll, describe, it } from "vitest";
import {
  bodyOf,
  readCart,
  cartOf,
  changeItem,
  itemRows,
  newCart,
  putItem,
  removeItem,
  unitsIn,
  refusal,
} from "../support/carts/carts.ts";
import { availableAt, stocked } from "../support/orders/orders.ts";
import { archive, bundle, demoWarehouses, newId, product } from "../support/shop/shop.ts";
import { sqlIn, sqlInD1 } from "../support/stock/stock.ts";

beforeAll(demoWarehouses);

describe("adding to a cart", () => {
  it("refuses more than is available, with all numbers, and leaves the line as it was", async ({ expect }) => {
    const productId = await stocked(10);
    const cartId = await cartOf({ [productId]: 2 });

    const refused = await refusal(putItem(cartId, productId, 30));

    expect(refused).toMatchObject({
      status: 409,
      code: "insufficient_stock",
      success: false,
      message: "Stock validation failed",
    });
    expect(refused.detail).toBe("Insufficient stock for Basmati Rice 1kg. Requested: 30, Available: 10");
    expect(refused.stock_errors).toMatchObject([{ product_id: productId, requested_quantity: 30, available_stock: 10 }]);
    expect(unitsIn(await readCart(cartId))).toEqual({ [productId]: [2, true] });
    expect(await availableAt(productId)).toBe(8);
  });

  it("leaves no line if a new line is refused", async ({ expect }) => {
    const productId = await stocked(2);
    const cartId = await newCart();

    const refused = await refusal(putItem(cartId, productId, 3));

    expect(refused.status).toBe(409);
    expect(await itemRows(cartId)).toEqual([]);
    expect(await availableAt(productId)).toBe(2);
  });

  it("refuses more than a cart's share of the available units, and accepts the limit that it names", async ({ expect }) => {
    const productId = await stocked(10);
    const cartId = await newCart();

    const refused = await refusal(putItem(cartId, productId, 6));
    const most = await bodyOf(putItem(cartId, productId, Number(refused.most)));

    expect(refused).toMatchObject({ status: 409, code: "more_than_share", most: 5 });
    expect(unitsIn(most)).toEqual({ [productId]: [5, true] });
  });

  it("names the limit of a bundle in bundles, and always allows one unit", async ({ expect }) => {
    const rice = await stocked(10);
    const { productId } = await bundle([{ productId: rice, quantity: 2 }]);
    const last = await stocked(1);
    const cartId = await newCart();

    const refused = await refusal(putItem(cartId, productId, 3));
    const one = await bodyOf(putItem(cartId, last, 1));

    expect(refused).toMatchObject({ code: "more_than_share", most: 2 });
    expect(unitsIn(one)).toEqual({ [last]: [1, true] });
  });

  it.for(["unknown", "archived"])("refuses an %s product as orders do", async (kind, { expect }) => {
    const productId = kind === "archived" ? await stocked(3) : newId();
    if (kind === "archived") await archive(productId);
    const cartId = await newCart();

    const refused = await refusal(putItem(cartId, productId, 1));

    expect(refused).toMatchObject({ status: 409, code: "insufficient_stock" });
    expect(refused.stock_errors).toMatchObject([
      { product_id: productId, available_stock: 0, message: `Product ${productId} not found in inventory` },
    ]);
  });

  it("refuses a country that no warehouse ships to", async ({ expect }) => {
    const productId = await stocked(3);
    const cartId = await newCart();

    const refused = await refusal(putItem(cartId, productId, 1, { country: "US" }));

    expect(refused).toMatchObject({ status: 422, code: "country_not_served" });
  });

  it("reserves at the warehouse nearest to the cart's postal code, which it stores", async ({ expect }) => {
    const productId = await stocked({ BLR: 5, DEL: 5 });
    const other = await stocked({ BLR: 5, DEL: 5 });
    const cartId = await newCart();

    await bodyOf(putItem(cartId, productId, 1, { postal_code: "110017" }));
    const cart = await bodyOf(putItem(cartId, other, 1));

    const places = "SELECT warehouse_id AS place FROM holds";
    expect([await sqlIn(productId, places), await sqlIn(other, places)]).toEqual([[{ place: "DEL" }], [{ place: "DEL" }]]);
    expect(cart.postal_code).toBe("110017");
  });

  it("returns 404 for an unknown cart and for an unknown line", async ({ expect }) => {
    const productId = await stocked(3);
    const cartId = await newCart();

    const answers = [
      await putItem("CRT1", productId, 1),
      await changeItem(cartId, productId, { quantity: 1 }),
      await removeItem(cartId, productId),
    ];

    expect(answers.map(({ status }) => status)).toEqual([404, 404, 404]);
  });

  it("refuses every edit of a cart that became an order, and names the order", async ({ expect }) => {
    const productId = await stocked(3);
    const cartId = await cartOf({ [productId]: 1 });
    await sqlInD1("UPDATE carts SET order_id = 'ORD1' WHERE cart_id = ?", cartId);

    const answers = [
      await refusal(putItem(cartId, productId, 1)),
      await refusal(changeItem(cartId, productId, { quantity: 1 })),
      await refusal(removeItem(cartId, productId)),
    ];

    for (const answer of answers) expect(answer).toMatchObject({ status: 409, code: "cart_checked_out", order_id: "ORD1" });
    expect(await readCart(cartId)).toMatchObject({ order_id: "ORD1", items: [{ quantity: 1, final_price: 150 }], changes: [] });
  });

  it("refuses every edit while a checkout holds the units, and leaves the line as it was", async ({ expect }) => {
    const productId = await stocked(10);
    const cartId = await cartOf({ [productId]: 2 });
    await sqlIn(productId, "UPDATE holds SET hold_id = ?, purpose = 'placing'", `${cartId}.1`);

    const answers = [
      await refusal(putItem(cartId, productId, 3)),
      await refusal(changeItem(cartId, productId, { quantity: 1 })),
      await refusal(removeItem(cartId, productId)),
    ];

    for (const answer of answers) expect(answer).toMatchObject({ status: 409, code: "checking_out" });
    expect((await readCart(cartId)).items).toMatchObject([{ item_id: productId, quantity: 2 }]);
  });

  it("accepts at most 100 lines that need at most 100 products", async ({ expect }) => {
    const productId = await stocked(3);
    const cartId = await newCart();
    await sqlInD1(
      `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100)
       INSERT INTO cart_items SELECT ?, 'fill-' || i, i, 'fill-' || i, 1, 1, json_array(json_object('productId', 'fill-' || i, 'variantId', 'fill-' || i, 'quantity', 1)),
         NULL, NULL, 100, '{"discounts":[],"isClosed":false}', NULL, NULL FROM n`,
      cartId,
    );
    await sqlInD1(
      `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100)
       INSERT INTO products (product_id, name, status, is_bundle, price_minor, created_at_ms, updated_at_ms) SELECT 'fill-' || i, 'F', 'active', 0, 100, 1, 1 FROM n`,
    );
    await sqlInD1(
      `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100)
       INSERT INTO variants (variant_id, product_id, position, sku, status) SELECT 'fill-' || i, 'fill-' || i, 0, 'FILL-' || i, 'active' FROM n`,
    );

    const tooMany = await refusal(putItem(cartId, productId, 1));
    await sqlInD1("DELETE FROM cart_items WHERE cart_id = ? AND line_no = 1", cartId);
    await sqlInD1(
      "UPDATE cart_items SET needs = json_insert(needs, '$[#]', json_object('productId', 'other', 'variantId', 'other', 'quantity', 1)) WHERE cart_id = ? AND line_no = 2",
      cartId,
    );
    const tooWide = await refusal(putItem(cartId, productId, 1));

    expect(tooMany).toMatchObject({ status: 422, code: "validation_failed" });
    expect(tooWide).toMatchObject({ status: 422, code: "order_too_large" });
  });

  it("refuses a total that could be inexact", async ({ expect }) => {
    const { productId } = await product({ price: 9_999_999_999 });
    const cartId = await newCart();

    expect(await refusal(putItem(cartId, productId, 10_000))).toMatchObject({ status: 422, errors: [{ field: "quantity" }] });
  });
});
