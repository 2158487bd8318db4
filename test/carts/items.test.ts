import { beforeAll, describe, it } from "vitest";
import { appWith } from "../support/http/app.ts";
import { bodyOf, readCart, cartOf, newCart, putItem, removeItem, unitsIn, refusal } from "../support/carts/carts.ts";
import { post } from "../support/http/requests.ts";
import { availableAt, stocked } from "../support/orders/orders.ts";
import { bundle, demoWarehouses, newId, product, receive } from "../support/shop/shop.ts";
import { sqlIn, sqlInD1 } from "../support/stock/stock.ts";

beforeAll(demoWarehouses);

/** The movements that changed a product's reserved units, oldest first. */
async function reserved(productId: string): Promise<[string, number][]> {
  const rows = await sqlIn<{ kind: string; units: number }>(
    productId,
    "SELECT kind, delta_reserved AS units FROM movements WHERE delta_reserved <> 0 ORDER BY seq",
  );
  return rows.map(({ kind, units }) => [kind, units]);
}

describe("POST /api/v1/carts/{cart_id}/items", () => {
  it("reserves the units and returns the line with its price and the end of its reservation", async ({ expect }) => {
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
    expect(await readCart(cartId)).toEqual(cart);
  });

  it("updates the stock level in D1 at once, as an order's batch does", async ({ expect }) => {
    const productId = await stocked(10);

    await cartOf({ [productId]: 3 });

    expect(await sqlInD1("SELECT reserved FROM stock_levels WHERE product_id = ?", productId)).toEqual([{ reserved: 3 }]);
  });

  it("sets the quantity of a variant: only the difference is reserved or released", async ({ expect }) => {
    const productId = await stocked(10);
    const cartId = await cartOf({ [productId]: 3 });

    await bodyOf(putItem(cartId, productId, 5));
    await bodyOf(putItem(cartId, productId, 1));

    expect(await reserved(productId)).toEqual([
      ["reserve", 3],
      ["reserve", 2],
      ["release", -4],
    ]);
    expect(unitsIn(await readCart(cartId))).toEqual({ [productId]: [1, true] });
  });

  it("counts the cart's own units as available: a cart with 3 of 5 can get all 5", async ({ expect }) => {
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

  it("finds a variant by its id, and by its product if it is the only one", async ({ expect }) => {
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

  it("reserves all components of a bundle, or none", async ({ expect }) => {
    const [rice, dal] = [await stocked(10), await stocked(4)];
    const { productId } = await bundle([{ productId: rice, quantity: 2 }, { productId: dal }]);
    const cartId = await newCart();

    await bodyOf(putItem(cartId, productId, 2));
    const short = await refusal(putItem(cartId, productId, 5));

    expect([await availableAt(rice), await availableAt(dal)]).toEqual([6, 2]);
    expect(short).toMatchObject({ status: 409, code: "insufficient_stock" });
    expect(short.stock_errors).toMatchObject([{ product_id: dal, requested_quantity: 5, available_stock: 4 }]);
    expect(unitsIn(await readCart(cartId))).toEqual({ [productId]: [2, true] });
  });

  it("sums the units of one variant that a line and a bundle need", async ({ expect }) => {
    const rice = await stocked(20);
    const { productId } = await bundle([{ productId: rice, quantity: 2 }]);
    const cartId = await cartOf({ [rice]: 3 });

    await bodyOf(putItem(cartId, productId, 2));
    const both = await availableAt(rice);
    await bodyOf(removeItem(cartId, rice));

    expect([both, await availableAt(rice)]).toEqual([13, 16]);
    expect(unitsIn(await readCart(cartId))).toEqual({ [productId]: [2, true] });
  });
});
