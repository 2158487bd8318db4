import { beforeAll, describe, it } from "vitest";
import { cartOf, changeItem, newCart, putItem, removeItem } from "../support/carts/carts.ts";
import { costOf } from "../support/cost/cost.ts";
import { get } from "../support/http/requests.ts";
import { stocked } from "../support/orders/orders.ts";
import { bundle, demoWarehouses } from "../support/shop/shop.ts";

beforeAll(demoWarehouses);

const LINES = 20;

/** A cart with a number of reserved lines. */
async function filledCart(lines: number, promo?: string): Promise<{ cartId: string; productIds: string[] }> {
  const productIds = await Promise.all(Array.from({ length: lines }, () => stocked(10)));
  const cartId = await newCart();
  for (const productId of productIds) await putItem(cartId, productId, 1, promo === undefined ? {} : { promo_code: promo });
  return { cartId, productIds };
}

describe("a cart edit", () => {
  it("takes four hops and the same statements, whatever the number of lines", async ({ expect }) => {
    const small = await filledCart(1);
    const large = await filledCart(LINES);

    const costs = [];
    for (const { cartId, productIds } of [small, large]) {
      const [productId = ""] = productIds;
      costs.push(costOf(await putItem(cartId, productId, 2)));
      costs.push(costOf(await changeItem(cartId, productId, { quantity: 3 })));
      costs.push(costOf(await removeItem(cartId, productId)));
    }

    expect(costs.map(({ hops }) => hops)).toEqual([4, 4, 4, 4, 4, 4]);
    expect(costs.slice(3).map(({ statements }) => statements)).toEqual(costs.slice(0, 3).map(({ statements }) => statements));
  });

  it("takes four hops for a bundle of many products", async ({ expect }) => {
    const parts = await Promise.all(Array.from({ length: 5 }, () => stocked(10)));
    const { productId } = await bundle(parts.map((each) => ({ productId: each })));
    const cartId = await cartOf({});

    expect(costOf(await putItem(cartId, productId, 1)).hops).toBe(4);
  });

  it("takes four hops with a key too", async ({ expect }) => {
    const productId = await stocked(10);
    const cartId = await newCart();

    expect(costOf(await putItem(cartId, productId, 1, {}, { key: crypto.randomUUID() })).hops).toBe(4);
  });
});

describe("reading a cart", () => {
  it("takes one hop, and reads at most 3 rows per line and 10 more", async ({ expect }) => {
    const { cartId } = await filledCart(LINES);

    const { hops, rowsRead, rowsWritten } = costOf(await get(`/api/v1/carts/${cartId}`));

    expect([hops, rowsWritten]).toEqual([1, 0]);
    expect(rowsRead).toBeLessThanOrEqual(3 * LINES + 10);
    expect(rowsRead).toBeGreaterThan(LINES);
  });

  it("reads a few more rows for lines with a promo code", async ({ expect }) => {
    const { cartId } = await filledCart(2, "CODE");
    const plain = await filledCart(2);

    const rows = [];
    for (const id of [cartId, plain.cartId]) rows.push(costOf(await get(`/api/v1/carts/${id}`)).rowsRead);

    expect((rows[0] ?? 0) - (rows[1] ?? 0)).toBeLessThanOrEqual(8);
  });
});
