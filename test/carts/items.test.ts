import { beforeAll, describe, it } from "vitest";
import { appWith } from "../support/app.ts";
import {
  bodyOf,
  type CartBody,
  cartNow,
  cartOf,
  changeItem,
  itemRows,
  newCart,
  putItem,
  removeItem,
  unitsIn,
} from "../support/carts.ts";
import { post } from "../support/http.ts";
import { availableAt, stocked } from "../support/orders.ts";
import { archive, bundle, demoWarehouses, newId, product, receive } from "../support/shop.ts";
import { sqlIn, sqlInD1 } from "../support/stock.ts";

beforeAll(demoWarehouses);

/** The movements of a product's reservations, oldest first. */
async function reserved(productId: string): Promise<[string, number][]> {
  const rows = await sqlIn<{ kind: string; units: number }>(
    productId,
    "SELECT kind, delta_reserved AS units FROM movements WHERE delta_reserved <> 0 ORDER BY seq",
  );
  return rows.map(({ kind, units }) => [kind, units]);
}

async function refusal(answer: Promise<Response>): Promise<Record<string, unknown> & { status: number }> {
  const response = await answer;
  return { status: response.status, ...(await response.json<Record<string, unknown>>()) } as never;
}

describe("POST /api/v1/carts/{cart_id}/items", () => {
  it("reserves, and answers the line at its price with the time of its reservation", async ({ expect }) => {
    const productId = await stocked(10);
    const cartId = await newCart();

    const cart = await bodyOf(putItem(cartId, productId, 3));

    const [item] = cart.items;
    expect(item).toMatchObject({
      item_id: productId,
      product_id: productId,
      variant_id: productId,
      sku: `SKU-${productId}`,
      name: "Basmati Rice 1kg",
      quantity: 3,
      unit_price: 150,
      discount: 0,
      final_price: 450,
      applied_rules: [],
      is_reserved: true,
    });
    expect(Date.parse(String(item?.reserved_until)) - Date.now()).toBeGreaterThan(14 * 60_000);
    expect(cart.totals).toMatchObject({ subtotal: 450, total: 450 });
    expect(await availableAt(productId)).toBe(7);
    expect(await cartNow(cartId)).toEqual(cart);
  });

  it("has a price and available units in D1 at once, as an order's batch does", async ({ expect }) => {
    const productId = await stocked(10);

    await cartOf({ [productId]: 3 });

    expect(await sqlInD1("SELECT reserved FROM stock_levels WHERE product_id = ?", productId)).toEqual([{ reserved: 3 }]);
  });

  it("sets the quantity of a variant: only the difference is reserved or given back", async ({ expect }) => {
    const productId = await stocked(10);
    const cartId = await cartOf({ [productId]: 3 });

    await bodyOf(putItem(cartId, productId, 5));
    await bodyOf(putItem(cartId, productId, 1));

    expect(await reserved(productId)).toEqual([
      ["reserve", 3],
      ["reserve", 2],
      ["release", -4],
    ]);
    expect(unitsIn(await cartNow(cartId))).toEqual({ [productId]: [1, true] });
  });

  it("never counts the shopper's own reservation against them: a cart with 3 of 5 gets all 5", async ({ expect }) => {
    const productId = await stocked(5);
    const ask = appWith({ cartMaxSharePercent: 100 });
    const cartId = await newCart();
    const set = (quantity: number) =>
      ask(`/api/v1/carts/${cartId}/items`, {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify({ product_id: productId, quantity }),
      });
    await bodyOf(set(3));

    const all = await bodyOf(set(5));
    const more = await refusal(set(6));

    expect(unitsIn(all)).toEqual({ [productId]: [5, true] });
    expect(more.stock_errors).toMatchObject([{ requested_quantity: 6, available_stock: 5 }]);
  });

  it("finds a variant by its own id, and by its product where there is one", async ({ expect }) => {
    const { productId } = await product({
      variants: [
        { variant_id: newId("a"), sku: newId("A"), name: "Small" },
        { variant_id: newId("b"), sku: newId("B"), name: "Large" },
      ],
    });
    const [first] = await sqlInD1<{ id: string }>(
      "SELECT variant_id AS id FROM variants WHERE product_id = ? ORDER BY position",
      productId,
    );
    const variantId = String(first?.id);
    await receive(productId, 6, { variantId });
    const cartId = await newCart();

    const ambiguous = await refusal(putItem(cartId, productId, 1));
    const byVariant = await bodyOf(post(`/api/v1/carts/${cartId}/items`, { variant_id: variantId, quantity: 2 }));

    expect(ambiguous).toMatchObject({ status: 422, code: "validation_failed", errors: [{ field: "variant_id" }] });
    expect(byVariant.items).toMatchObject([{ item_id: variantId, product_id: productId, name: "Basmati Rice 1kg, Small" }]);
  });

  it("reserves a bundle's components, and needs all of them", async ({ expect }) => {
    const [rice, dal] = [await stocked(10), await stocked(4)];
    const { productId } = await bundle([{ productId: rice, quantity: 2 }, { productId: dal }]);
    const cartId = await newCart();

    await bodyOf(putItem(cartId, productId, 2));
    const short = await refusal(putItem(cartId, productId, 5));

    expect([await availableAt(rice), await availableAt(dal)]).toEqual([6, 2]);
    expect(short).toMatchObject({ status: 409, code: "insufficient_stock" });
    expect(short.stock_errors).toMatchObject([{ product_id: dal, requested_quantity: 5, available_stock: 4 }]);
    expect(unitsIn(await cartNow(cartId))).toEqual({ [productId]: [2, true] });
  });

  it("sums what a line and a bundle need of one variant", async ({ expect }) => {
    const rice = await stocked(20);
    const { productId } = await bundle([{ productId: rice, quantity: 2 }]);
    const cartId = await cartOf({ [rice]: 3 });

    await bodyOf(putItem(cartId, productId, 2));
    const both = await availableAt(rice);
    await bodyOf(removeItem(cartId, rice));

    expect([both, await availableAt(rice)]).toEqual([13, 16]);
    expect(unitsIn(await cartNow(cartId))).toEqual({ [productId]: [2, true] });
  });

  it("refuses what the stock does not cover, tells every number, and leaves the line as it was", async ({ expect }) => {
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
    expect(unitsIn(await cartNow(cartId))).toEqual({ [productId]: [2, true] });
    expect(await availableAt(productId)).toBe(8);
  });

  it("leaves no line where the first of it is refused", async ({ expect }) => {
    const productId = await stocked(2);
    const cartId = await newCart();

    const refused = await refusal(putItem(cartId, productId, 3));

    expect(refused.status).toBe(409);
    expect(await itemRows(cartId)).toEqual([]);
    expect(await availableAt(productId)).toBe(2);
  });

  it("refuses more than a cart's share of what is free, tells the most, and gives that much", async ({ expect }) => {
    const productId = await stocked(10);
    const cartId = await newCart();

    const refused = await refusal(putItem(cartId, productId, 6));
    const most = await bodyOf(putItem(cartId, productId, Number(refused.most)));

    expect(refused).toMatchObject({ status: 409, code: "more_than_share", most: 5 });
    expect(unitsIn(most)).toEqual({ [productId]: [5, true] });
  });

  it("tells the most of a bundle in bundles, and gives one however few there are", async ({ expect }) => {
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

  it("refuses a country that nobody ships to", async ({ expect }) => {
    const productId = await stocked(3);
    const cartId = await newCart();

    const refused = await refusal(putItem(cartId, productId, 1, { country: "US" }));

    expect(refused).toMatchObject({ status: 422, code: "country_not_served" });
  });

  it("takes units from the warehouse that is nearest to the cart's postal code, which it keeps", async ({ expect }) => {
    const productId = await stocked({ BLR: 5, DEL: 5 });
    const other = await stocked({ BLR: 5, DEL: 5 });
    const cartId = await newCart();

    await bodyOf(putItem(cartId, productId, 1, { postal_code: "110017" }));
    const cart = await bodyOf(putItem(cartId, other, 1));

    const places = "SELECT warehouse_id AS place FROM holds";
    expect([await sqlIn(productId, places), await sqlIn(other, places)]).toEqual([[{ place: "DEL" }], [{ place: "DEL" }]]);
    expect(cart.postal_code).toBe("110017");
  });

  it("answers 404 for a cart that there is not, and for a line that there is not", async ({ expect }) => {
    const productId = await stocked(3);
    const cartId = await newCart();

    const answers = [
      await putItem("CRT1", productId, 1),
      await changeItem(cartId, productId, { quantity: 1 }),
      await removeItem(cartId, productId),
    ];

    expect(answers.map(({ status }) => status)).toEqual([404, 404, 404]);
  });

  it("refuses any change of a cart that became an order, which it names", async ({ expect }) => {
    const productId = await stocked(3);
    const cartId = await cartOf({ [productId]: 1 });
    await sqlInD1("UPDATE carts SET order_id = 'ORD1' WHERE cart_id = ?", cartId);

    const answers = [
      await refusal(putItem(cartId, productId, 1)),
      await refusal(changeItem(cartId, productId, { quantity: 1 })),
      await refusal(removeItem(cartId, productId)),
    ];

    for (const answer of answers) expect(answer).toMatchObject({ status: 409, code: "cart_checked_out", order_id: "ORD1" });
    expect(await cartNow(cartId)).toMatchObject({ order_id: "ORD1", items: [{ quantity: 1, final_price: 150 }], changes: [] });
  });

  it("refuses any change while a checkout has the units, and leaves the line as it was", async ({ expect }) => {
    const productId = await stocked(10);
    const cartId = await cartOf({ [productId]: 2 });
    await sqlIn(productId, "UPDATE holds SET hold_id = ?, purpose = 'placing'", `${cartId}.1`);

    const answers = [
      await refusal(putItem(cartId, productId, 3)),
      await refusal(changeItem(cartId, productId, { quantity: 1 })),
      await refusal(removeItem(cartId, productId)),
    ];

    for (const answer of answers) expect(answer).toMatchObject({ status: 409, code: "checking_out" });
    expect((await cartNow(cartId)).items).toMatchObject([{ item_id: productId, quantity: 2 }]);
  });

  it("takes at most 100 lines, and lines that need at most 100 products", async ({ expect }) => {
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

describe("PATCH and DELETE /api/v1/carts/{cart_id}/items/{item_id}", () => {
  it("changes the quantity, and keeps all else", async ({ expect }) => {
    const productId = await stocked(10);
    const cartId = await newCart();
    await bodyOf(putItem(cartId, productId, 2, { promo_code: "nothing" }));

    const cart = await bodyOf(changeItem(cartId, productId, { quantity: 4 }));

    expect(cart.items).toMatchObject([{ quantity: 4, promo_code: "NOTHING", is_reserved: true }]);
    expect(await availableAt(productId)).toBe(6);
  });

  it("changes the promo code alone, and takes it away", async ({ expect }) => {
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

  it("takes a line out and gives its units back", async ({ expect }) => {
    const [rice, dal] = [await stocked(10), await stocked(10)];
    const cartId = await cartOf({ [rice]: 2, [dal]: 1 });

    const cart = await bodyOf(removeItem(cartId, rice));

    expect(unitsIn(cart)).toEqual({ [dal]: [1, true] });
    expect([await availableAt(rice), await availableAt(dal)]).toEqual([10, 9]);
  });

  it("takes a line out whose product is sold no more, to a country that nobody ships to any more", async ({ expect }) => {
    const productId = await stocked(10);
    const cartId = await cartOf({ [productId]: 2 });
    await archive(productId);
    await sqlInD1("UPDATE carts SET country = 'US' WHERE cart_id = ?", cartId);

    const cart = await bodyOf<CartBody>(removeItem(cartId, productId));

    expect(cart.items).toEqual([]);
    expect(await availableAt(productId)).toBe(10);
  });
});
